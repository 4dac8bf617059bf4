using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Authentication;
using RvpServer.Authentication.Ntlm;
using RvpServer.Directories;

namespace RvpServer.Tests.Authentication.Ntlm;

/// <summary>NTLM where a domain controller judges what the directory has no hash for.</summary>
public class NtlmByDomainTests
{
    private static readonly AuthenticationResult Failed = new AuthenticationResult.Failed(IsStale: false);
    private static readonly AuthenticationResult NoCredentials = new AuthenticationResult.NoCredentials();
    private readonly Door.Connection connection = new();
    private readonly List<NtlmQuestion> asked = [];
    private readonly Door door;
    private bool isRight = true;
    private bool isDown;

    public NtlmByDomainTests()
    {
        door = new Door(allowNtlmV1: true).With(new ExternalAuthenticators { AskDomain = AskAsync });
        door.People.PutWithoutSecrets(door.People.Jo);
    }

    private AuthenticationResult JoIsProven => door.People.Proven(door.People.Jo, Credentials.Ntlm);

    [Theory]
    [InlineData("JoBrown", "ADATUM")]
    [InlineData("jobrown", "adatum")]
    [InlineData("JoBrown", "")]
    [InlineData("JoBrown", "adatum.com")]
    [InlineData("JoBrown@adatum.com", "")]
    public async Task The_domain_is_asked_in_the_clients_own_words(string user, string domain)
    {
        var challenge = await BeginAsync();
        var nt = Type3.V2(challenge, user, domain, "whatever");

        var result = await door.AsksAsync(new Type3 { User = user, Domain = domain, Nt = nt }.ToHeader(), connection);

        Assert.Equal(JoIsProven, result);
        var question = Assert.Single(asked);
        Assert.Equal((user, domain, Convert.ToHexString(challenge), Convert.ToHexString(nt)),
            (question.UserName, question.DomainName, Convert.ToHexString(question.Challenge), Convert.ToHexString(question.NtResponse.Span)));
        Assert.Equal(JoIsProven, await door.AsksAsync(null, connection));
        Assert.Single(asked);
    }

    [Theory]
    [InlineData("JoBrown", "OTHER")]
    [InlineData("JoBrown@contoso.com", "")]
    [InlineData("ADATUM\\JoBrown", "")]
    [InlineData("NoSuchPerson", "ADATUM")]
    public async Task Nobody_asks_for_people_of_other_domains_whom_ours_might_trust(string user, string domain)
    {
        var challenge = await BeginAsync();

        Assert.Equal(Failed, await door.AsksAsync(
            new Type3 { User = user, Domain = domain, Nt = Type3.V2(challenge, user, domain, "whatever") }.ToHeader(), connection));
        Assert.Empty(asked);
    }

    [Fact]
    public async Task The_account_is_the_one_with_that_sign_in_name_and_no_namesake()
    {
        door.People.PutWithoutSecrets(door.People.Kari);
        door.People.SignInNames["JoBrown"] = "KariHensien";
        door.People.SignInNames["jo"] = "JoBrown";

        Assert.Equal(door.People.Proven(door.People.Kari, Credentials.Ntlm), await AnswerAsync("JoBrown"));
        Assert.Equal(JoIsProven, await AnswerAsync("jo"));
        Assert.Equal(Failed, await AnswerAsync("KariHensien"));
    }

    [Fact]
    public async Task A_refusal_is_a_wrong_password_and_counts_as_one()
    {
        isRight = false;

        // Of six that a domain is asked about three are for addresses where Jo has been before.
        var answers = new List<AuthenticationResult>();
        for (var i = 0; i < 12; i++) answers.Add(await AnswerAsync("JoBrown"));

        Assert.IsType<AuthenticationResult.Throttled>(answers[^1]);
        Assert.Equal(3, answers.Count(answer => answer == Failed));
        Assert.Equal(3, asked.Count);
        Assert.Equal(NoCredentials, await door.AsksAsync(null, connection));
    }

    [Fact]
    public async Task A_domain_that_cannot_tell_is_not_a_wrong_password()
    {
        isDown = true;

        for (var i = 0; i < 20; i++) Assert.Equal(new AuthenticationResult.Unavailable(), await AnswerAsync("JoBrown"));
    }

    [Fact]
    public async Task An_account_with_a_hash_is_judged_by_it()
    {
        isRight = false;
        var challenge = await BeginAsync();

        var header = new Type3 { User = "KariHensien", Nt = Type3.V2(challenge, "KariHensien", "ADATUM", InMemoryDirectory.Password) }.ToHeader();

        Assert.Equal(door.People.Proven(door.People.Kari, Credentials.Ntlm), await door.AsksAsync(header, connection));
        Assert.Empty(asked);
    }

    [Fact]
    public async Task NTLMv1_under_session_security_answers_a_challenge_of_both_sides()
    {
        var result = await door.AsksAsync(Type3.Type1(0x0008_0207), connection);
        var challenge = Type3.ChallengeOf(Assert.IsType<AuthenticationResult.Handshake>(result).Challenge);
        byte[] lm = [.. "cccccccc"u8, .. new byte[16]];

        await door.AsksAsync(new Type3 { Lm = lm, Nt = new byte[24] }.ToHeader(), connection);

        Assert.Equal(Convert.ToHexString(SessionChallenge(challenge)), Convert.ToHexString(Assert.Single(asked).Challenge));
    }

    [Fact]
    public async Task The_Type_2_names_the_domain_and_no_machine_which_might_not_be_the_joined_one()
    {
        var result = await door.AsksAsync(Type3.Type1(0x0000_0207), connection);

        var bytes = Convert.FromBase64String(Assert.IsType<AuthenticationResult.Handshake>(result).Challenge["NTLM ".Length..]);
        Assert.Equal("02000C00" + "410044004100540055004D00" + "00000000", Convert.ToHexString(bytes.AsSpan(bytes.Length - 20)));
        Assert.Equal(20, bytes[40]);
    }

    [Fact]
    public async Task A_proof_by_the_domain_lasts_a_quarter_of_an_hour_and_ends_with_the_account()
    {
        await AnswerAsync("JoBrown");
        door.Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(JoIsProven, await door.AsksAsync(null, connection));
        door.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(NoCredentials, await door.AsksAsync(null, connection));

        await AnswerAsync("JoBrown");
        door.People.PutWithoutSecrets(door.People.Jo with { IsEnabled = false });
        Assert.Equal(NoCredentials, await door.AsksAsync(null, connection));
    }

    [Fact]
    public async Task No_more_guesses_reach_the_domain_than_it_may_be_asked_about_however_many_come_at_once()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var opening = new TaskCompletionSource();
        var door = new Door(allowNtlmV1: true).With(new ExternalAuthenticators
        {
            AskDomain = async (question, _) =>
            {
                asked.Add(question);
                await opening.Task;
                return false;
            },
        });
        door.People.PutWithoutSecrets(door.People.Jo);
        var results = new List<Task<AuthenticationResult>>();
        for (var i = 0; i < 40; i++)
        {
            var connection = new Door.Connection();
            await door.AsksAsync(Type3.Type1(0x0000_0207), connection);
            results.Add(door.BeginsAsync(new Type3 { Nt = new byte[60] }.ToHeader(), connection));
        }

        Assert.Equal(3, asked.Count);
        opening.SetResult();

        var all = Task.WhenAll(results);
        await Deadline.Until(
            () =>
            {
                door.Clock.Advance(TimeSpan.FromSeconds(1));
                return all.IsCompleted;
            },
            "all answers", () => $"{results.Count(result => result.IsCompleted)} of 40");
        Assert.Equal(3, asked.Count);
        Assert.Equal(3, (await all).Count(result => result is AuthenticationResult.Failed));
        Assert.Equal(37, (await all).Count(result => result is AuthenticationResult.Throttled));
    }

    private async Task<bool> AskAsync(NtlmQuestion question, CancellationToken stop)
    {
        await Task.Yield();
        if (isDown) throw new DirectoryException("Reading winbind reply failed!");
        asked.Add(question);
        return isRight;
    }

    private async Task<byte[]> BeginAsync()
    {
        var result = await door.AsksAsync(Type3.Type1(0x0000_0207), connection);
        return Type3.ChallengeOf(Assert.IsType<AuthenticationResult.Handshake>(result).Challenge);
    }

    private async Task<AuthenticationResult> AnswerAsync(string user)
    {
        var challenge = await BeginAsync();
        return await door.AsksAsync(new Type3 { User = user, Nt = Type3.V2(challenge, user, "ADATUM", "whatever") }.ToHeader(), connection);
    }

    // [MS-NLMP 3.3.1]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "The protocol's own choice.")]
    private static byte[] SessionChallenge(byte[] challenge) => System.Security.Cryptography.MD5.HashData([.. challenge, .. "cccccccc"u8])[..8];
}
