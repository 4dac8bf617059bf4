using Microsoft.Extensions.Time.Testing;
using RvpServer.Authentication.Digest;

namespace RvpServer.Tests.Authentication.Digest;

public class NonceCountsTests
{
    private static readonly DateTimeOffset Now = new(2000, 10, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Nonce Fresh = new(Now, 1);
    private readonly NonceCounts counts = new(maxNonces: 3);

    [Fact]
    public void A_count_is_good_once()
    {
        Assert.True(counts.TryUse(Fresh, 1, Now));
        Assert.False(counts.TryUse(Fresh, 1, Now));
        Assert.True(counts.TryUse(Fresh, 2, Now));
        Assert.False(counts.TryUse(Fresh, 1, Now));
        Assert.False(counts.TryUse(Fresh, 2, Now));
    }

    [Fact]
    public void Counts_of_several_connections_may_overtake_each_other_within_64()
    {
        Assert.True(counts.TryUse(Fresh, 100, Now));
        Assert.True(counts.TryUse(Fresh, 98, Now));
        Assert.True(counts.TryUse(Fresh, 37, Now));

        Assert.False(counts.TryUse(Fresh, 36, Now));
        Assert.False(counts.TryUse(Fresh, 98, Now));
        Assert.True(counts.TryUse(Fresh, 99, Now));
        Assert.True(counts.TryUse(Fresh, 164, Now));
        Assert.False(counts.TryUse(Fresh, 100, Now));
        Assert.True(counts.TryUse(Fresh, uint.MaxValue, Now));
        Assert.False(counts.TryUse(Fresh, uint.MaxValue, Now));
    }

    [Fact]
    public void Without_a_count_a_nonce_is_good_once()
    {
        Assert.True(counts.TryUse(Fresh, null, Now));
        Assert.False(counts.TryUse(Fresh, null, Now));
        Assert.False(counts.TryUse(Fresh, 1, Now));

        var other = new Nonce(Now, 2);
        Assert.True(counts.TryUse(other, 1, Now));
        Assert.False(counts.TryUse(other, null, Now));
        Assert.False(counts.TryUse(other, 2, Now));
    }

    [Fact]
    public void What_was_used_is_known_by_all_of_its_parts()
    {
        var nonce = new Nonce(Now, 2, 3);
        Assert.False(counts.Knows(nonce));

        Assert.True(counts.TryUse(nonce, 1, Now));

        Assert.True(counts.Knows(nonce));
        Assert.False(counts.Knows(nonce with { Mac = 4 }));
        Assert.False(counts.Knows(nonce with { IssuedAtMillis = nonce.IssuedAtMillis + 1 }));
    }

    [Fact]
    public void An_old_nonce_is_good_no_more()
    {
        Assert.True(counts.TryUse(Fresh, 1, Now + TimeSpan.FromMinutes(5)));
        Assert.False(counts.TryUse(Fresh, 2, Now + TimeSpan.FromMinutes(5.1)));
    }

    [Fact]
    public void What_was_forgotten_for_lack_of_room_cannot_be_played_again()
    {
        Nonce[] nonces = [new(Now, 1), new(Now.AddSeconds(1), 2), new(Now.AddSeconds(2), 3), new(Now.AddSeconds(3), 4)];
        var later = Now.AddSeconds(10);

        foreach (var nonce in nonces) Assert.True(counts.TryUse(nonce, 1, later));

        Assert.Equal(3, counts.Count);
        foreach (var nonce in nonces) Assert.False(counts.TryUse(nonce, 1, later));
        Assert.True(counts.TryUse(nonces[1], 2, later));
        Assert.False(counts.TryUse(nonces[0], 2, later));
        Assert.True(counts.TryUse(new Nonce(later, 5), 1, later));
    }

    [Fact]
    public void What_nobody_uses_any_more_takes_no_room_either()
    {
        var clock = new FakeTimeProvider(Now);
        var quiet = new NonceCounts(maxNonces: 3, clock);
        Assert.True(quiet.TryUse(Fresh, 1, Now));

        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.True(quiet.TryUse(new Nonce(clock.GetUtcNow(), 2), 1, clock.GetUtcNow()));
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(1, quiet.Count);
        clock.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal(0, quiet.Count);
    }

    [Fact]
    public void What_is_too_old_to_be_used_takes_no_room()
    {
        Assert.True(counts.TryUse(Fresh, 1, Now));
        var later = Now + TimeSpan.FromMinutes(6);

        Assert.True(counts.TryUse(new Nonce(later, 2), 1, later));

        Assert.Equal(1, counts.Count);
    }
}
