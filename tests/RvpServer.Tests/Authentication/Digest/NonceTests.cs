using RvpServer.Authentication.Digest;

namespace RvpServer.Tests.Authentication.Digest;

public class NonceTests
{
    private static readonly DateTimeOffset Now = new(2000, 10, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly NonceMint mint = new(new byte[32]);

    [Fact]
    public void A_nonce_says_when_it_was_made_and_is_unlike_all_others()
    {
        var first = mint.Make(Now);
        var second = mint.Make(Now);

        Assert.NotEqual(first, second);
        Assert.True(mint.TryRead(first, out var read));
        Assert.True(mint.TryRead(second.ToUpperInvariant(), out var other));
        Assert.Equal(Now, read.IssuedAt);
        Assert.NotEqual(read, other);
    }

    [Fact]
    public void A_nonce_of_another_key_is_unknown()
    {
        var foreign = new NonceMint([1]).Make(Now);

        Assert.False(mint.TryRead(foreign, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("dcd98b7102dd2f0e8b11d0f600bfb0c093")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    public void What_is_no_nonce_is_unknown(string text) => Assert.False(mint.TryRead(text, out _));

    [Fact]
    public void A_nonce_with_a_changed_time_is_unknown()
    {
        var nonce = mint.Make(Now);
        var later = (nonce[15] == '0' ? '1' : '0') + nonce[16..];

        Assert.False(mint.TryRead(nonce[..15] + later, out _));
    }
}
