using System.Text;

namespace RvpServer.Fuzz;

/// <summary>Makes new inputs of known ones, the same ones again from the same seed.</summary>
internal sealed class Mutator(int seed, IReadOnlyList<byte[]> inputs, IReadOnlyList<string> tokens)
{
    private const int MaxLength = 4_096;
    private const int MaxSteps = 5;
    private const string Numbers = "0 1 -1 255 256 65535 65536 2147483647 2147483648 4294967295 4294967296 9223372036854775807 99999999999999999999 007 1e9 ";

    private static readonly byte[] Interesting = [.. "<>/&\"'=:;!?[]{}()\\@#%.,*- \t\r\n\0"u8, 0x7F, 0x80, 0xBF, 0xC0, 0xE2, 0xED, 0xEF, 0xF4, 0xFE, 0xFF];

    private readonly Random random = new(seed);
    private readonly string[] numbers = Numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>One of them, changed in one to five places.</summary>
    public byte[] Next()
    {
        var bytes = inputs.Count == 0 ? [] : inputs[random.Next(inputs.Count)].ToList();
        for (var steps = random.Next(1, MaxSteps + 1); steps > 0; steps--) Change(bytes);
        if (bytes.Count > MaxLength) bytes.RemoveRange(MaxLength, bytes.Count - MaxLength);
        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(bytes.Count - at, 1 + random.Next(random.Next(2) == 0 ? 4 : 64));
        switch (random.Next(9))
        {
            case 0 when length > 0: bytes[at] = (byte)random.Next(256); break;
            case 1 when length > 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 2 when length > 0: bytes[at] = Interesting[random.Next(Interesting.Length)]; break;
            case 3: bytes.Insert(at, Interesting[random.Next(Interesting.Length)]); break;
            case 4: bytes.RemoveRange(at, length); break;
            case 5: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
            case 6 when tokens.Count > 0: bytes.InsertRange(at, CorpusFile.Read(tokens[random.Next(tokens.Count)])); break;
            case 7 when inputs.Count > 0: Splice(bytes, at); break;
            default: ReplaceNumber(bytes, at); break;
        }
    }

    private void Splice(List<byte> bytes, int at)
    {
        var other = inputs[random.Next(inputs.Count)];
        bytes.RemoveRange(at, bytes.Count - at);
        bytes.AddRange(other.AsSpan(random.Next(other.Length + 1)).ToArray());
    }

    private void ReplaceNumber(List<byte> bytes, int from)
    {
        var at = bytes.FindIndex(from, b => b is >= (byte)'0' and <= (byte)'9');
        if (at < 0) return;
        var end = at;
        while (end < bytes.Count && bytes[end] is >= (byte)'0' and <= (byte)'9') end++;
        bytes.RemoveRange(at, end - at);
        bytes.InsertRange(at, Encoding.ASCII.GetBytes(numbers[random.Next(numbers.Length)]));
    }
}
