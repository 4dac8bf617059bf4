using RvpServer.Collections;

namespace RvpServer.Http;

/// <summary>
/// The places that one IM domain may have of all: what comes for it beyond them is refused, so that the rest stays for the others. Thread-safe.
/// </summary>
/// <param name="places">How many.</param>
/// <param name="share">The most that one sender may have of those for pages.</param>
internal sealed class DomainPlaces(int places, long share)
{
    private readonly Lock gate = new();
    private readonly RankedPlaces ranked = new();

    /// <summary>Those for its web client.</summary>
    public SharedPool Pages { get; } = new(places, share);

    /// <summary>False if a request would get none: cheap to know before anything else is.</summary>
    public bool HasRoomFor(Urgency urgency) => ranked.Taken < places && ranked.HasRoomFor(urgency, places);

    /// <summary>True if there was one; then <see cref="GiveBack"/> must follow.</summary>
    public bool TryTake(Urgency urgency)
    {
        lock (gate)
        {
            if (!HasRoomFor(urgency)) return false;
            ranked.Take(urgency);
            return true;
        }
    }

    /// <summary>Ends what <see cref="TryTake"/> began.</summary>
    public void GiveBack(Urgency urgency) => ranked.GiveBack(urgency);
}
