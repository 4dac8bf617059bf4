using FsCheck.Xunit;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Authentication;
using RvpServer.Configuration;

namespace RvpServer.Tests.Authentication;

public class AuthenticatorTests
{
    private static readonly AuthenticationResult Wrong = new AuthenticationResult.Failed(IsStale: false);
    private readonly Door door = new();

    [Theory]
    [InlineData(Scheme.Digest, Scheme.Ntlm, "Digest NTLM")]
    [InlineData(Scheme.Ntlm, Scheme.Digest, "NTLM Digest")]
    public void A_401_offers_the_schemes_in_their_order(object first, object second, string expected)
    {
        var door = new Door(false, (Scheme)first, (Scheme)second);

        var challenges = door.Challenges(new AuthenticationResult.NoCredentials());

        Assert.Equal(expected.Split(' '), challenges.Select(c => c!.Split(' ')[0]));
    }

    [Fact]
    public void Every_challenge_has_a_new_nonce() => Assert.NotEqual(door.FreshNonce(), door.FreshNonce());

    [Fact]
    public void HTTP_2_is_not_offered_NTLM()
    {
        var challenges = door.Challenges(new AuthenticationResult.NoCredentials(), "HTTP/2");

        Assert.StartsWith("Digest ", Assert.Single(challenges), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic Sm86cGFzcw==")]
    [InlineData("Negotiate YIIFpgYGKwYBBQUC")]
    [InlineData("Bearer x")]
    [InlineData("nonsense")]
    public async Task What_is_no_scheme_of_ours_is_no_credentials(string? header) =>
        Assert.Equal(new AuthenticationResult.NoCredentials(), await door.AsksAsync(header));

    [Theory]
    [InlineData("Digest")]
    [InlineData("Digest username")]
    [InlineData("Digest username=\"JoBrown")]
    [InlineData("DIGEST nonce=1, nonce=2")]
    [InlineData("NTLM")]
    [InlineData("NTLM ?")]
    [InlineData("NTLM TlRMTVNTUAAB")]
    [InlineData("NTLM TlRMTVNTUAABAAAA")]
    [InlineData("NTLM TlRMTVNTUAACAAAABwIAAA==")]
    [InlineData("NTLM TlRMTVNTUAAEAAAABwIAAA==")]
    [InlineData("ntlm AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task A_broken_header_is_a_bad_request(string header)
    {
        var result = Assert.IsType<AuthenticationResult.Malformed>(await door.AsksAsync(header));

        Assert.Equal(400, result.Refusal.Status);
        Assert.DoesNotContain('\n', result.Refusal.Line);
    }

    [Fact]
    public async Task An_NTLM_message_too_long_for_one_is_a_bad_request() =>
        Assert.IsType<AuthenticationResult.Malformed>(await door.AsksAsync("NTLM TlRMTVNTUAAB" + new string('A', 8000)));

    [Fact]
    public async Task A_scheme_that_is_not_offered_is_not_taken()
    {
        var door = new Door(false, Scheme.Ntlm);
        var header = DigestClient.LikePidgin("JoBrown", InMemoryDirectory.Password, "SUBSCRIBE", Door.Target, "n");

        Assert.Equal(new AuthenticationResult.NoCredentials(), await door.AsksAsync(header));
    }

    [Fact]
    public async Task Without_a_directory_nobody_can_tell_and_nothing_is_counted()
    {
        door.People.IsDown = true;
        for (var i = 0; i < 20; i++) Assert.Equal(new AuthenticationResult.Unavailable(), await JoAsksAsync("wrong"));

        door.People.IsDown = false;

        Assert.Equal(door.People.Proven(door.People.Jo, Credentials.Digest), await JoAsksAsync(InMemoryDirectory.Password));
    }

    [Fact]
    public async Task After_ten_wrong_passwords_the_next_is_not_looked_at_right_or_wrong()
    {
        // The door lets two seconds pass with every request; a token comes back every thirty.
        for (var i = 0; i < 10; i++) Assert.Equal(Wrong, await JoAsksAsync("wrong"));

        var throttled = Assert.IsType<AuthenticationResult.Throttled>(await JoAsksAsync(InMemoryDirectory.Password));

        Assert.InRange(throttled.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        door.Clock.Advance(throttled.RetryAfter);
        Assert.IsType<AuthenticationResult.Proven>(await JoAsksAsync(InMemoryDirectory.Password));
    }

    [Fact]
    public async Task Of_many_wrong_passwords_sent_at_once_only_ten_are_looked_at()
    {
        // All have got past the first look before the directory answers any of them; then it answers one after another, each when the one before
        // is refused or made to wait.
        var answers = Enumerable.Range(0, 40).Select(_ => new TaskCompletionSource()).ToList();
        var header = DigestClient.LikePidgin("JoBrown", "wrong", "SUBSCRIBE", Door.Target, door.FreshNonce());
        var results = answers.Select(answer =>
        {
            door.People.Opening = answer.Task;
            return door.BeginsAsync(header);
        }).ToList();
        Assert.Equal(40, door.People.Questions);
        for (var i = 0; i < 40; i++)
        {
            answers[i].SetResult();
            await Deadline.Until(() => Concluded() > i, $"request {i} refused or waiting", () => $"{Concluded()} of 40");
        }

        door.Clock.Advance(TimeSpan.FromSeconds(2));

        var all = await Task.WhenAll(results).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(10, all.Count(r => r is AuthenticationResult.Failed));
        Assert.Equal(30, all.Count(r => r is AuthenticationResult.Throttled));

        int Concluded() => door.Clock.TimersMade + results.Count(result => result.IsCompleted);
    }

    [Fact]
    public async Task The_owner_gets_in_where_they_have_been_before_while_others_hammer_the_account()
    {
        var home = new Door.Connection("10.0.0.7");
        Assert.IsType<AuthenticationResult.Proven>(await JoAsksAsync(InMemoryDirectory.Password, home));

        for (var i = 0; i < 11; i++) await JoAsksAsync("wrong");

        Assert.IsType<AuthenticationResult.Throttled>(await JoAsksAsync(InMemoryDirectory.Password));
        Assert.IsType<AuthenticationResult.Proven>(await JoAsksAsync(InMemoryDirectory.Password, home));
    }

    [Fact]
    public async Task On_a_connection_that_has_proven_the_account_a_wrong_password_waits_as_ever()
    {
        var connection = new Door.Connection();
        for (var i = 0; i < 3; i++) Assert.IsType<AuthenticationResult.Proven>(await JoAsksAsync(InMemoryDirectory.Password, connection));
        var timers = door.Clock.TimersMade;

        Assert.Equal(Wrong, await JoAsksAsync("wrong", connection));

        Assert.Equal(timers + 1, door.Clock.TimersMade);
        Assert.IsType<AuthenticationResult.Proven>(await JoAsksAsync(InMemoryDirectory.Password, connection));
    }

    [Theory]
    [InlineData("JoBrown")]
    [InlineData("NoSuchPerson")]
    public async Task A_wrong_password_waits_before_its_401_whether_the_account_exists_or_not(string name)
    {
        var header = DigestClient.LikePidgin(name, "wrong", "SUBSCRIBE", Door.Target, door.FreshNonce());
        var result = door.BeginsAsync(header);

        door.Clock.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(result.IsCompleted);
        door.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Wrong, await result.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Property(MaxTest = 500)]
    public async Task Any_header_gives_a_result_and_without_the_password_no_proof(string? text, byte[] message, int at, char other)
    {
        var real = DigestClient.LikePidgin(@"ADATUM\JoBrown", "wrong", "SUBSCRIBE", Door.Target, door.FreshNonce()).ToCharArray();
        real[Math.Abs((long)at) % real.Length] = other;
        string?[] headers =
        [
            text, "Digest " + text, "NTLM " + text, new string(real), "NTLM " + Convert.ToBase64String(message),
            "NTLM " + Convert.ToBase64String([.. "NTLMSSP\0\u0001\0\0\0"u8, .. message]),
            "NTLM " + Convert.ToBase64String([.. "NTLMSSP\0\u0003\0\0\0"u8, .. message]),
        ];
        var connection = new Door.Connection();

        foreach (var header in headers) Assert.IsNotType<AuthenticationResult.Proven>(await door.AsksAsync(header, connection));
    }

    private Task<AuthenticationResult> JoAsksAsync(string password, Door.Connection? connection = null) =>
        door.AsksAsync(DigestClient.LikePidgin("JoBrown", password, "SUBSCRIBE", Door.Target, door.FreshNonce()), connection);
}
