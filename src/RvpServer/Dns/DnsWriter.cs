using System.Buffers.Binary;
using System.Text;

namespace RvpServer.Dns;

/// <summary>Writes the parts of a DNS message; names whole and in lower case, as signatures want them.</summary>
internal sealed class DnsWriter
{
    private readonly List<byte> bytes = [];

    /// <summary>What was written.</summary>
    public IReadOnlyList<byte> Bytes => bytes;

    public void Add(ReadOnlySpan<byte> data) => bytes.AddRange(data);

    public void Add(params ReadOnlySpan<ushort> numbers)
    {
        Span<byte> two = stackalloc byte[sizeof(ushort)];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteUInt16BigEndian(two, number);
            bytes.AddRange(two);
        }
    }

    public void Add(uint number)
    {
        Span<byte> four = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(four, number);
        bytes.AddRange(four);
    }

    /// <summary>Seconds since 1970, in 48 bits.</summary>
    public void AddTime(ulong seconds)
    {
        Add((ushort)(seconds >> 32));
        Add((uint)seconds);
    }

    /// <summary>A name without its trailing dot.</summary>
    public void Add(string name)
    {
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add(checked((byte)label.Length));
            bytes.AddRange(Encoding.ASCII.GetBytes(label.ToLowerInvariant()));
        }
        bytes.Add(0);
    }

    /// <summary>Data with its length before it.</summary>
    public void AddSized(Action<DnsWriter> write)
    {
        var data = new DnsWriter();
        write(data);
        Add(checked((ushort)data.bytes.Count));
        bytes.AddRange(data.bytes);
    }
}

/// <summary>Reads a DNS message; throws <see cref="FormatException"/> where it ends too soon.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message, int position)
{
    private const int Pointer = 0xc0;
    private readonly ReadOnlySpan<byte> message = message;

    public int Position { get; private set; } = position;

    public void Skip(int count) => Read(count);

    public byte[] Read(int count)
    {
        if (count < 0 || Position + count > message.Length) throw new FormatException("the answer ends too soon");
        Position += count;
        return message.Slice(Position - count, count).ToArray();
    }

    public ushort Read16() => BinaryPrimitives.ReadUInt16BigEndian(Read(sizeof(ushort)));

    public void SkipName()
    {
        while (Read(1)[0] is not 0 and var length)
        {
            if ((length & Pointer) == Pointer)
            {
                Skip(1);
                return;
            }
            Skip(length);
        }
    }
}
