namespace RvpServer.Collections;

/// <summary>One of a pool's places, until it is disposed.</summary>
internal sealed class Seat : IDisposable
{
    private readonly SharedPool pool;
    private readonly SharedPool? also;
    private readonly Sharer who;
    private bool isGivenBack;

    private Seat(SharedPool pool, Sharer who, SharedPool? also) => (this.pool, this.who, this.also) = (pool, who, also);

    /// <summary>Null if there is none for somebody.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="who">Against whose share it counts.</param>
    /// <param name="also">Another pool, in which it takes a place too; null: none.</param>
    public static Seat? TryTake(SharedPool pool, Sharer who, SharedPool? also = null)
    {
        if (!pool.TryTake(who)) return null;
        if (also?.TryTake(who) != false) return new Seat(pool, who, also);
        pool.GiveBack(who);
        return null;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref isGivenBack, true)) return;
        pool.GiveBack(who);
        also?.GiveBack(who);
    }
}
