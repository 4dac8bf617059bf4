using Rvp.Engine;

namespace RvpServer.Delivery;

/// <summary>
/// The addresses of the callbacks that something was sent to lately: making one costs more than finding it. A table of fixed size without locks, in which a
/// newer one replaces an older one.
/// </summary>
internal sealed class RecentUris
{
    private const int Slots = 1 << 13;

    private readonly Uri?[] uris = new Uri[Slots];

    /// <summary>The address of a callback, exactly as it was written.</summary>
    public Uri Of(Callback.Direct callback)
    {
        ref var slot = ref uris[callback.GetHashCode() & (Slots - 1)];
        var known = Volatile.Read(ref slot);
        return known is not null && known.OriginalString == callback.Text ? known : slot = callback.ToUri();
    }
}
