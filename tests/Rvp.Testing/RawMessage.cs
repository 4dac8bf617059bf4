using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Rvp.Testing;

/// <summary>
/// Reads HTTP messages from a stream without an HTTP library, so that tests see what real bytes are there. Keeps what it has read beyond a message
/// for the next one.
/// </summary>
internal sealed class RawMessage(Stream stream)
{
    private readonly byte[] chunk = new byte[16 * 1024];
    private readonly List<byte> received = [];

    /// <summary>What has arrived and was not yet taken, for failure messages.</summary>
    public string Arrived => Encoding.UTF8.GetString([.. received]);

    public static string? Find(IReadOnlyList<KeyValuePair<string, string>> headers, string name) =>
        headers.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Head with its closing empty line (CRLF or bare LF), or null when the peer closed before sending anything.</summary>
    public async Task<string?> ReadHeadAsync(CancellationToken stop = default)
    {
        int end;
        while ((end = EndOfHead()) < 0)
        {
            if (await FillAsync(stop)) continue;
            return received.Count == 0 ? null : throw new IOException("Closed within a head: " + Arrived);
        }
        return Take(end, Encoding.Latin1);
    }

    /// <summary>Exactly so many bytes, as UTF-8.</summary>
    public async Task<string> ReadBodyAsync(int length, CancellationToken stop = default)
    {
        while (received.Count < length)
        {
            if (!await FillAsync(stop)) throw new IOException($"Closed within a body of {length} bytes: " + Arrived);
        }
        return Take(length, Encoding.UTF8);
    }

    /// <summary>All until the peer closes, as UTF-8. A reset counts as a close.</summary>
    public async Task<string> ReadToEndAsync(CancellationToken stop = default)
    {
        while (await FillAsync(stop))
        {
        }
        return Take(received.Count, Encoding.UTF8);
    }

    /// <summary>All until it ends with this text, as UTF-8; or until the peer closes.</summary>
    public async Task<string> ReadUntilAsync(string ending, CancellationToken stop = default)
    {
        var bytes = Encoding.UTF8.GetBytes(ending);
        while (!CollectionsMarshal.AsSpan(received).EndsWith(bytes) && await FillAsync(stop))
        {
        }
        return Take(received.Count, Encoding.UTF8);
    }

    /// <summary>A message without the lines that say what time it is.</summary>
    public static string WithoutDate(string message) =>
        string.Join("\r\n", message.Split("\r\n").Where(line => !line.StartsWith("Date: ", StringComparison.Ordinal)));

    public static (string FirstLine, List<KeyValuePair<string, string>> Headers) Split(string head)
    {
        var lines = head.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        List<KeyValuePair<string, string>> headers = [];
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(colon < 0 ? new(line, "") : new(line[..colon], line[(colon + 1)..].Trim()));
        }
        return (lines.Length > 0 ? lines[0] : "", headers);
    }

    public static int? ContentLength(IReadOnlyList<KeyValuePair<string, string>> headers) =>
        int.TryParse(Find(headers, "Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;

    private int EndOfHead()
    {
        for (var i = 0; i < received.Count; i++)
        {
            if (received[i] != '\n') continue;
            if (i + 1 < received.Count && received[i + 1] == '\n') return i + 2;
            if (i + 2 < received.Count && received[i + 1] == '\r' && received[i + 2] == '\n') return i + 3;
        }
        return -1;
    }

    private async Task<bool> FillAsync(CancellationToken stop)
    {
        try
        {
            var read = await stream.ReadAsync(chunk, stop);
            received.AddRange(chunk.AsSpan(0, read));
            return read > 0;
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return false;
        }
    }

    private string Take(int length, Encoding encoding)
    {
        var text = encoding.GetString([.. received[..length]]);
        received.RemoveRange(0, length);
        return text;
    }
}
