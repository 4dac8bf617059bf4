using System.Globalization;
using System.Text;

namespace Rvp.Client.Callbacks;

/// <summary>Reads requests from a connection one after the other; keeps bytes that arrive after one request for the next.</summary>
internal sealed class RequestHead(Stream stream, int maxBytes)
{
    private byte[] buffer = new byte[4096];
    private int length;

    public string Verb { get; private set; } = "";

    public string Target { get; private set; } = "";

    /// <summary>Null if the header is missing or not a number: then the end of the body is unknown.</summary>
    public int? ContentLength { get; private set; }

    /// <summary>
    /// Reads the next head; false if the peer has closed the connection. Throws <see cref="IOException"/> for a head that is too long or cut off.
    /// </summary>
    public async ValueTask<bool> ReadAsync(CancellationToken stop)
    {
        int end;
        while ((end = FindEnd()) < 0)
        {
            if (length >= maxBytes) throw new IOException("The head is too long.");
            if (await FillAsync(stop).ConfigureAwait(false)) continue;
            return length == 0 ? false : throw new IOException("Closed within a head.");
        }
        Parse(Encoding.Latin1.GetString(buffer, 0, end));
        Drop(end);
        return true;
    }

    public async ValueTask<byte[]> ReadBodyAsync(int count, CancellationToken stop)
    {
        var body = new byte[count];
        var have = Math.Min(count, length);
        buffer.AsSpan(0, have).CopyTo(body);
        Drop(have);
        await stream.ReadExactlyAsync(body.AsMemory(have), stop).ConfigureAwait(false);
        return body;
    }

    private void Parse(string head)
    {
        var lines = head.Split('\n');
        var parts = lines[0].TrimEnd('\r').Split(' ');
        Verb = parts[0];
        Target = parts.Length > 1 ? parts[1] : "";
        ContentLength = null;
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !line.AsSpan(0, colon).Trim().Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) continue;
            ContentLength = int.TryParse(line.AsSpan(colon + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
        }
    }

    // The empty line that ends a head, after CRLF or a bare LF.
    private int FindEnd()
    {
        for (var i = 0; i + 1 < length; i++)
        {
            if (buffer[i] != '\n') continue;
            if (buffer[i + 1] == '\n') return i + 2;
            if (buffer[i + 1] == '\r' && i + 2 < length && buffer[i + 2] == '\n') return i + 3;
        }
        return -1;
    }

    private async ValueTask<bool> FillAsync(CancellationToken stop)
    {
        if (length == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        var read = await stream.ReadAsync(buffer.AsMemory(length), stop).ConfigureAwait(false);
        length += read;
        return read > 0;
    }

    private void Drop(int count)
    {
        buffer.AsSpan(count, length - count).CopyTo(buffer);
        length -= count;
    }
}
