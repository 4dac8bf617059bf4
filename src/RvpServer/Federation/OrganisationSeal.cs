using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using RvpServer.Configuration;
using RvpServer.Runtime;

namespace RvpServer.Federation;

/// <summary>
/// Documents that only servers of the organisation can read and write, each for one purpose and good once: AES-256-GCM under a key made from the
/// organisation's, with the time and the purpose as associated data. An answer has its question in its purpose, so that both sides prove themselves.
/// </summary>
internal sealed class OrganisationSeal(OrganisationKey key, WallClock wall)
{
    /// <summary>How old a document may be, and how wrong a clock. Decision: servers of one organisation have the same time to the second.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    private const int TimeSize = 8;
    private const int HeadSize = TimeSize + Sealing.NonceSize;

    private readonly Sealing sealing = new(key.Derive("moves"));
    private readonly DateTimeOffset startedAt = wall.Now;
    private readonly Lock gate = new();
    private readonly Dictionary<string, DateTimeOffset> opened = [];

    /// <summary>Seals a document.</summary>
    public byte[] Close(ReadOnlySpan<byte> document, string purpose)
    {
        var at = new byte[TimeSize];
        BinaryPrimitives.WriteInt64BigEndian(at, wall.Now.ToUnixTimeMilliseconds());
        return [.. at, .. sealing.Close(document, Associated(at, purpose))];
    }

    /// <summary>The document; null if it is not one of the organisation's, or for another purpose.</summary>
    public byte[]? Open(ReadOnlySpan<byte> closed, string purpose)
    {
        if (closed.Length < HeadSize) return null;
        try
        {
            return sealing.Open(closed[TimeSize..], Associated(closed, purpose));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>False for a document that is too old, or was shown here before: somebody on the way has kept it.</summary>
    public bool IsNew(ReadOnlySpan<byte> closed)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(closed));
        var now = wall.Now;
        // What was sealed before the start may have been shown to the process before.
        if (at < startedAt || at < now - Window || at > now + Window) return false;
        lock (gate)
        {
            foreach (var (old, then) in opened)
                if (then < now - Window) opened.Remove(old);
            return opened.TryAdd(NameOf(closed), at);
        }
    }

    /// <summary>Tells a sealed document from all others.</summary>
    public static string NameOf(ReadOnlySpan<byte> closed) => Convert.ToHexString(closed[..HeadSize]);

    private static byte[] Associated(ReadOnlySpan<byte> closed, string purpose) => [.. closed[..TimeSize], .. Encoding.UTF8.GetBytes(purpose)];
}
