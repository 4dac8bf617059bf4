using FsCheck.Xunit;
using RvpServer.Collections;

namespace RvpServer.Tests.Collections;

/// <summary>Nobody can take all of a pool, and nobody who has little is refused.</summary>
public class SharedPoolTests
{
    private static readonly Sharer Jo = new("Jo");

    [Fact]
    public void One_takes_half_and_the_next_half_of_the_rest()
    {
        var pool = new SharedPool(1024);

        Assert.Equal(512, TakeAll(pool, new Sharer("one")));
        Assert.Equal(256, TakeAll(pool, new Sharer("two")));
        Assert.True(pool.TryTake(Jo));
    }

    [Fact]
    public void A_share_is_the_most_that_one_may_have()
    {
        var pool = new SharedPool(1024, share: 10);

        Assert.Equal(10, TakeAll(pool, new Sharer("one")));
    }

    [Fact]
    public void A_network_has_two_shares_however_many_addresses_it_has()
    {
        var pool = new SharedPool(1024, share: 64);

        Assert.Equal(128, Enumerable.Range(0, 16).Sum(i => TakeAll(pool, new Sharer($"10.0.0.{i}", "10.0.0.0"))));
        Assert.Equal(64, TakeAll(pool, new Sharer("10.0.1.1", "10.0.1.0")));
    }

    [Fact]
    public void A_network_leaves_a_third()
    {
        var pool = new SharedPool(900);

        Assert.Equal(600, Enumerable.Range(0, 300).Sum(i => TakeAll(pool, new Sharer(i, "net"))));
        Assert.True(pool.TryTake(Jo));
    }

    [Fact]
    public void A_single_place_is_for_whoever_comes_first()
    {
        var pool = new SharedPool(1);

        Assert.True(pool.TryTake(Jo));
        Assert.False(pool.TryTake(new Sharer("Kari")));
        pool.GiveBack(Jo);
        Assert.True(pool.TryTake(new Sharer("Kari")));
    }

    [Fact]
    public void Bytes_are_shared_as_places_are()
    {
        var pool = new SharedPool(1000);

        Assert.True(pool.TryTake(Jo, 500));
        Assert.False(pool.TryTake(Jo, 1));
        Assert.False(pool.TryTake(new Sharer("Kari"), 501));
        Assert.True(pool.TryTake(new Sharer("Kari"), 500));
    }

    [Fact]
    public void A_place_that_turns_out_to_be_somebody_elses_counts_for_them()
    {
        var pool = new SharedPool(4);
        var address = new Sharer("address", "network");
        Assert.Equal(2, TakeAll(pool, address));

        Assert.True(pool.TryMove(address, Jo));

        Assert.True(pool.TryTake(address));
        Assert.True(pool.TryMove(address, Jo));
        Assert.False(pool.TryMove(address, Jo));
        Assert.Equal(3, pool.Taken);
    }

    /// <summary>Whatever strangers do, in whatever order: nothing is lost, and while a tenth is free, who has nothing gets something.</summary>
    [Property(MaxTest = 300)]
    public bool Whoever_has_nothing_gets_something_while_anything_is_free(byte[] moves)
    {
        const int places = 40;
        var pool = new SharedPool(places);
        var held = new List<Sharer>();
        foreach (var move in moves)
        {
            var who = new Sharer(move & 7, (move & 7) / 4);
            if (move >= 200 && held.Count > 0)
            {
                pool.GiveBack(held[^1]);
                held.RemoveAt(held.Count - 1);
            }
            else if (pool.TryTake(who))
            {
                held.Add(who);
            }
            if (pool.Taken != held.Count || held.Count > places) return false;
            // Who has none is refused only when none is left.
            if (pool.TryTake(Jo)) pool.GiveBack(Jo);
            else if (held.Count < places) return false;
        }
        foreach (var who in held) pool.GiveBack(who);
        return pool.Taken == 0 && TakeAll(pool, Jo) == places / 2;
    }

    private static int TakeAll(SharedPool pool, Sharer who)
    {
        var count = 0;
        while (pool.TryTake(who)) count++;
        return count;
    }
}
