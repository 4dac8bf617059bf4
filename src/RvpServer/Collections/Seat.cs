namespace RvpServer.Collections;

/// <summary>One of a pool's places, until it is disposed.</summary>
internal sealed class Seat : IDisposable
{
    private readonly SharedPool pool;
    private readonly Sharer who;
    private bool isGivenBack;

    private Seat(SharedPool pool, Sharer who) => (this.pool, this.who) = (pool, who);

    /// <summary>Null if there is none for somebody.</summary>
    public static Seat? TryTake(SharedPool pool, Sharer who) => pool.TryTake(who) ? new Seat(pool, who) : null;

    public void Dispose()
    {
        if (!Interlocked.Exchange(ref isGivenBack, true)) pool.GiveBack(who);
    }
}
