namespace RvpServer.Http;

/// <summary>Counts places by urgency. The last ones are for what is urgent; but every kind of request has some of its own. Thread-safe.</summary>
internal sealed class RankedPlaces
{
    /// <summary>Of the places, in eighths: how many may be taken when a request of this urgency takes one more.</summary>
    private static readonly int[] Eighths = [8, 6, 6, 4];

    private readonly int[] taken = new int[Eighths.Length];
    private int allTaken;

    /// <summary>How many are taken.</summary>
    public int Taken => Volatile.Read(ref allTaken);

    /// <summary>True if a request of this urgency may take one of so many.</summary>
    public bool HasRoomFor(Urgency urgency, int places) =>
        Taken * 8L < (long)places * Eighths[(int)urgency] || Volatile.Read(ref taken[(int)urgency]) * 8L < places;

    /// <summary>One is taken.</summary>
    public void Take(Urgency urgency)
    {
        Interlocked.Increment(ref taken[(int)urgency]);
        Interlocked.Increment(ref allTaken);
    }

    /// <summary>It is free again.</summary>
    public void GiveBack(Urgency urgency)
    {
        Interlocked.Decrement(ref allTaken);
        Interlocked.Decrement(ref taken[(int)urgency]);
    }
}
