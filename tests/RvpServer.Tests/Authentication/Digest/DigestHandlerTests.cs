using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Authentication;

namespace RvpServer.Tests.Authentication.Digest;

public class DigestHandlerTests
{
    private const string Password = InMemoryDirectory.Password;
    private static readonly AuthenticationResult Stale = new AuthenticationResult.Failed(IsStale: true);
    private static readonly AuthenticationResult Wrong = new AuthenticationResult.Failed(IsStale: false);
    private readonly Door door = new();

    private AuthenticationResult JoIsProven => door.People.Proven(door.People.Jo, Credentials.Digest);

    [Theory]
    [InlineData("JoBrown")]
    [InlineData("jobrown")]
    [InlineData("JOBROWN")]
    [InlineData(@"ADATUM\JoBrown")]
    [InlineData(@"ADATUM\\JoBrown")]
    [InlineData(@"adatum\jobrown")]
    [InlineData("ADATUM/JoBrown")]
    [InlineData("/JoBrown")]
    [InlineData("JoBrown@adatum.com")]
    [InlineData("JoBrown@im.adatum.com")]
    public async Task A_right_password_proves_the_account_whatever_form_the_name_has(string typed)
    {
        var header = DigestClient.LikePidgin(typed, Password, "SUBSCRIBE", Door.Target, door.FreshNonce());

        Assert.Equal(JoIsProven, await door.AsksAsync(header));
    }

    [Fact]
    public async Task A_backslash_escaped_in_the_header_but_not_in_the_hash_is_right_too()
    {
        var header = DigestClient.LikePidgin(@"ADATUM\JoBrown", Password, "SUBSCRIBE", Door.Target, door.FreshNonce());

        var result = await door.AsksAsync(header.Replace(@"ADATUM\JoBrown", @"ADATUM\\JoBrown", StringComparison.Ordinal));

        Assert.Equal(JoIsProven, result);
    }

    [Theory]
    [InlineData("JoBrown", "pass-word-1")]
    [InlineData("KariHensien", "wrong")]
    [InlineData("NoSuchPerson", Password)]
    [InlineData(@"CONTOSO\JoBrown", Password)]
    [InlineData("Jo Brown", Password)]
    public async Task A_wrong_password_or_name_fails(string name, string password)
    {
        var header = DigestClient.LikePidgin(name, password, "SUBSCRIBE", Door.Target, door.FreshNonce());

        Assert.Equal(Wrong, await door.AsksAsync(header));
    }

    [Fact]
    public async Task A_disabled_account_fails_like_a_wrong_password()
    {
        door.People.Put(door.People.Jo with { IsEnabled = false });

        var header = DigestClient.LikePidgin("JoBrown", Password, "SUBSCRIBE", Door.Target, door.FreshNonce());

        Assert.Equal(Wrong, await door.AsksAsync(header));
    }

    [Fact]
    public async Task A_proof_holds_for_its_verb_only()
    {
        var header = DigestClient.LikePidgin("JoBrown", Password, "SUBSCRIBE", Door.Target, door.FreshNonce());

        Assert.Equal(Wrong, await door.AsksAsync(header, method: "UNSUBSCRIBE"));
    }

    [Theory]
    [InlineData("/instmsg/aliases/JoBrown", "/instmsg/aliases/JoBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/JoBrown", "/instmsg/aliases/JoBrown")]
    [InlineData("/instmsg/aliases/JoBrown", "http://im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("/instmsg/aliases/x%y", "/instmsg/aliases/x%y")]
    [InlineData("/instmsg/aliases/Jo%42rown", "/instmsg/aliases/jobrown/")]
    [InlineData("/instmsg/aliases/JoBrown", "/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("http://im.adatum.com", "/")]
    public async Task The_uri_may_be_any_spelling_of_the_node(string uri, string target)
    {
        var header = DigestClient.LikePidgin("JoBrown", Password, "SUBSCRIBE", uri, door.FreshNonce());

        Assert.Equal(JoIsProven, await door.AsksAsync(header, target: target));
    }

    [Theory]
    [InlineData("/instmsg/aliases/KariHensien", "/instmsg/aliases/JoBrown")]
    [InlineData("/instmsg/aliases/JoBrown", "/instmsg/local/im.contoso.com/instmsg/aliases/JoBrown")]
    [InlineData("*", "/instmsg/aliases/JoBrown")]
    [InlineData("x", "/instmsg/aliases/JoBrown")]
    public async Task The_uri_of_another_node_is_a_bad_request(string uri, string target)
    {
        var header = DigestClient.LikePidgin("JoBrown", Password, "SUBSCRIBE", uri, door.FreshNonce());

        var result = Assert.IsType<AuthenticationResult.Malformed>(await door.AsksAsync(header, target: target));
        Assert.Equal(400, result.Refusal.Status);
    }

    [Fact]
    public async Task A_nonce_serves_many_requests_that_count_on()
    {
        var nonce = door.FreshNonce();

        foreach (var nc in new[] { "00000001", "00000003", "00000002", "0000000a", "0000000B" })
            Assert.Equal(JoIsProven, await door.AsksAsync(DigestClient.LikePidgin("JoBrown", Password, "ACL", Door.Target, nonce, nc), method: "ACL"));
    }

    [Fact]
    public async Task A_request_played_again_is_stale()
    {
        var header = DigestClient.LikePidgin("JoBrown", Password, "SUBSCRIBE", Door.Target, door.FreshNonce());
        await door.AsksAsync(header);

        Assert.Equal(Stale, await door.AsksAsync(header));
        Assert.Contains("stale=true", door.Challenges(Stale)[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_qop_a_nonce_is_good_once()
    {
        var header = DigestClient.WithoutQop("JoBrown", Password, "SUBSCRIBE", Door.Target, door.FreshNonce());

        Assert.Equal(JoIsProven, await door.AsksAsync(header));
        Assert.Equal(Stale, await door.AsksAsync(header));
    }

    [Fact]
    public async Task A_nonce_from_hours_ago_is_stale_and_no_failure()
    {
        var nonce = door.FreshNonce();
        door.Clock.Advance(TimeSpan.FromHours(4));

        for (var i = 1; i < 100; i++)
            Assert.Equal(Stale, await door.AsksAsync(DigestClient.LikePidgin("JoBrown", Password, "SUBSCRIBE", Door.Target, nonce, i.ToString("x8", null))));
    }

    [Fact]
    public async Task A_nonce_from_before_a_restart_is_stale()
    {
        var header = DigestClient.LikePidgin("JoBrown", Password, "SUBSCRIBE", Door.Target, door.FreshNonce());

        door.Restart();

        Assert.Equal(Stale, await door.AsksAsync(header));
    }

    [Fact]
    public async Task An_old_nonce_with_a_wrong_password_is_a_failure()
    {
        var header = DigestClient.LikePidgin("JoBrown", "wrong", "SUBSCRIBE", Door.Target, "anything");

        Assert.Equal(Wrong, await door.AsksAsync(header));
    }

    [Fact]
    public async Task What_was_made_for_another_realm_is_not_judged()
    {
        var header = DigestClient.LikePidgin("JoBrown", Password, "SUBSCRIBE", Door.Target, door.FreshNonce(), realm: "im.contoso.com");

        Assert.Equal(new AuthenticationResult.NoCredentials(), await door.AsksAsync(header));
        Assert.Equal(0, door.People.Questions);
    }

    [Fact]
    public async Task A_realm_in_other_letters_is_ours()
    {
        var header = DigestClient.LikePidgin("JoBrown", Password, "SUBSCRIBE", Door.Target, door.FreshNonce());

        Assert.Equal(JoIsProven, await door.AsksAsync(header.Replace("realm=\"im.adatum.com\"", "realm=\"IM.ADATUM.COM\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("algorithm=\"MD5\"", "algorithm=\"SHA-256\"")]
    [InlineData("algorithm=\"MD5\"", "algorithm=MD5-sess")]
    [InlineData("qop=\"auth\"", "qop=\"auth-int\"")]
    public async Task What_was_never_offered_is_not_judged(string offered, string taken)
    {
        var header = DigestClient.LikePidgin("JoBrown", Password, "SUBSCRIBE", Door.Target, door.FreshNonce());

        Assert.Equal(new AuthenticationResult.NoCredentials(), await door.AsksAsync(header.Replace(offered, taken, StringComparison.Ordinal)));
    }
}
