using System.IO.Compression;
using System.Text.Json;

namespace RvpServer.Storage;

/// <summary>A history as it travels to another home server, whatever kind of store either has.</summary>
internal sealed record PackedHistory
{
    // About as much as one message between home servers may hold.
    private const int MaxBytes = 8 * 1024 * 1024;

    public List<PackedMessage> Messages { get; init; } = [];

    /// <summary>Packs messages that come newest first: as many as there is room for. Null if there are none.</summary>
    public static byte[]? Pack(IEnumerable<PackedMessage> newestFirst)
    {
        var (kept, bytes) = (new PackedHistory(), 0);
        foreach (var message in newestFirst)
        {
            if ((bytes += message.Body.Length) > MaxBytes) break;
            kept.Messages.Add(message);
        }
        if (kept.Messages.Count == 0) return null;
        kept.Messages.Reverse();
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) JsonSerializer.Serialize(gzip, kept);
        return packed.ToArray();
    }

    /// <summary>The messages again, oldest first.</summary>
    public static IReadOnlyList<PackedMessage> Unpack(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed, writable: false), CompressionMode.Decompress);
        return (JsonSerializer.Deserialize<PackedHistory>(gzip) ?? new PackedHistory()).Messages;
    }
}

/// <summary>A message of a history as it travels.</summary>
internal sealed record PackedMessage(string With, long IsMine, long At, string? Other, long? Digest, byte[] Body, string Words, bool IsRead);
