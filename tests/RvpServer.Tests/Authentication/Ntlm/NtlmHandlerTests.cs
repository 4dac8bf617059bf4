using System.Text;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Authentication;
using RvpServer.Authentication.Ntlm;

namespace RvpServer.Tests.Authentication.Ntlm;

public class NtlmHandlerTests
{
    private const string Password = InMemoryDirectory.Password;

    // What the plugin of Pidgin offers: Unicode, OEM, request target, NTLM.
    private const uint PidginFlags = 0x0000_0207;
    private const uint SessionSecurity = 0x0008_0207;
    private static readonly AuthenticationResult Failed = new AuthenticationResult.Failed(IsStale: false);
    private static readonly AuthenticationResult NoCredentials = new AuthenticationResult.NoCredentials();
    private readonly Door.Connection connection = new();
    private Door door = new();

    private AuthenticationResult JoIsProven => door.People.Proven(door.People.Jo, Credentials.Ntlm);

    [Fact]
    public async Task A_Type_1_that_comes_unasked_gets_a_Type_2_and_nothing_else()
    {
        var result = await door.AsksAsync(Type3.Type1(PidginFlags), connection);

        var handshake = Assert.IsType<AuthenticationResult.Handshake>(result);
        Assert.StartsWith("NTLM TlRMTVNTUAAC", handshake.Challenge, StringComparison.Ordinal);
        Assert.Equal(handshake.Challenge, Assert.Single(door.Challenges(handshake)));
    }

    [Theory]
    [InlineData("JoBrown", "ADATUM", "ADATUM")]
    [InlineData("jobrown", "adatum", "adatum")]
    [InlineData("JoBrown", "", "")]
    [InlineData("JoBrown@adatum.com", "", "")]
    [InlineData("JoBrown", "CLIENT1", "ADATUM")]
    public async Task NTLMv2_proves_the_connection(string user, string sent, string hashed)
    {
        var challenge = await BeginAsync();

        var proven = await door.AsksAsync(new Type3 { User = user, Domain = sent, Nt = Type3.V2(challenge, user, hashed, Password) }.ToHeader(), connection);

        Assert.Equal(JoIsProven, proven);
        Assert.Equal(JoIsProven, await door.AsksAsync(null, connection, "PROPPATCH"));
        Assert.Equal(NoCredentials, await door.AsksAsync(null, new Door.Connection()));
    }

    [Fact]
    public async Task NTLMv2_in_OEM_letters_proves_too()
    {
        var challenge = await BeginAsync(flags: 0x0000_0206);

        var type3 = new Type3 { Encoding = Encoding.ASCII, Flags = 0x0000_0202, Nt = Type3.V2(challenge, "JoBrown", "ADATUM", Password) };

        Assert.Equal(JoIsProven, await door.AsksAsync(type3.ToHeader(), connection));
    }

    [Fact]
    public async Task The_plugin_of_Pidgin_gets_in_with_NTLMv1_where_that_is_allowed()
    {
        door = new Door(allowNtlmV1: true);
        var nt = NtlmProof.V1Response(NtHash.Of(Password), await BeginAsync());

        var result = await door.AsksAsync(new Type3 { User = "JoBrown", Flags = 0, Lm = nt, Nt = nt }.ToHeader(), connection);

        Assert.Equal(JoIsProven, result);
    }

    [Theory]
    [InlineData(PidginFlags)]
    [InlineData(SessionSecurity)]
    public async Task NTLMv1_is_kept_out_by_default_without_judging_the_password(uint flags)
    {
        var nt = NtlmProof.V1Response(NtHash.Of(Password), await BeginAsync(flags));

        Assert.Equal(Failed, await door.AsksAsync(new Type3 { Flags = 0, Nt = nt }.ToHeader(), connection));
        Assert.Equal(0, door.People.Questions);
    }

    [Fact]
    public async Task LM_alone_and_nobody_at_all_are_never_let_in()
    {
        door = new Door(allowNtlmV1: true);
        var lm = NtlmProof.V1Response(NtHash.Of(Password), await BeginAsync());

        Assert.Equal(Failed, await door.AsksAsync(new Type3 { Lm = lm }.ToHeader(), connection));
        await BeginAsync();
        Assert.Equal(Failed, await door.AsksAsync(new Type3 { User = "", Lm = [0] }.ToHeader(), connection));
    }

    [Theory]
    [InlineData("JoBrown", "wrong")]
    [InlineData("NoSuchPerson", Password)]
    [InlineData("", Password)]
    public async Task A_wrong_password_or_name_fails_and_the_connection_is_nobodys(string user, string password)
    {
        var challenge = await BeginAsync();

        var result = await door.AsksAsync(new Type3 { User = user, Nt = Type3.V2(challenge, user, "ADATUM", password) }.ToHeader(), connection);

        Assert.Equal(Failed, result);
        Assert.Equal(NoCredentials, await door.AsksAsync(null, connection));
    }

    [Fact]
    public async Task A_challenge_is_good_for_one_answer()
    {
        var challenge = await BeginAsync();
        var header = new Type3 { Nt = Type3.V2(challenge, "JoBrown", "ADATUM", Password) }.ToHeader();

        Assert.Equal(JoIsProven, await door.AsksAsync(header, connection));
        Assert.Equal(Failed, await door.AsksAsync(header, connection));
        Assert.Equal(Failed, await door.AsksAsync(header, new Door.Connection()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic Sm86cGFzcw==")]
    public async Task A_request_that_is_no_answer_ends_the_exchange(string? authorization)
    {
        var challenge = await BeginAsync();

        Assert.Equal(NoCredentials, await door.AsksAsync(authorization, connection));

        var header = new Type3 { Nt = Type3.V2(challenge, "JoBrown", "ADATUM", Password) }.ToHeader();
        Assert.Equal(Failed, await door.AsksAsync(header, connection));
    }

    [Fact]
    public async Task A_new_Type_1_begins_anew_and_forgets_who_it_was()
    {
        await ProveAsync();

        var challenge = await BeginAsync();
        Assert.Equal(NoCredentials, await door.AsksAsync(null, connection));

        challenge = await BeginAsync();
        var header = new Type3 { User = "KariHensien", Nt = Type3.V2(challenge, "KariHensien", "ADATUM", Password) }.ToHeader();
        Assert.Equal(door.People.Proven(door.People.Kari, Credentials.Ntlm), await door.AsksAsync(header, connection));
    }

    [Fact]
    public async Task An_account_that_is_disabled_or_gets_another_password_loses_its_connections()
    {
        await ProveAsync();
        door.People.Put(door.People.Kari, "Another-1");
        Assert.Equal(JoIsProven, await door.AsksAsync(null, connection));

        door.People.Put(door.People.Jo, "Another-1");
        Assert.Equal(NoCredentials, await door.AsksAsync(null, connection));

        door.People.Put(door.People.Jo);
        await ProveAsync();
        door.People.Put(door.People.Jo with { IsEnabled = false });
        Assert.Equal(NoCredentials, await door.AsksAsync(null, connection));
    }

    [Fact]
    public async Task A_proof_holds_for_its_IM_domain_only()
    {
        await ProveAsync();
        var contoso = Door.Server with { Domain = "im.contoso.com" };

        Assert.Equal(NoCredentials, await door.AsksAsync(null, connection, server: contoso));
        Assert.Equal(JoIsProven, await door.AsksAsync(null, connection));
    }

    [Fact]
    public async Task Digest_on_a_proven_connection_speaks_for_its_own_request()
    {
        await ProveAsync();
        var digest = DigestClient.LikePidgin("KariHensien", Password, "SUBSCRIBE", Door.Target, door.FreshNonce());

        Assert.Equal(door.People.Proven(door.People.Kari, Credentials.Digest), await door.AsksAsync(digest, connection));
        Assert.Equal(JoIsProven, await door.AsksAsync(null, connection));
    }

    [Fact]
    public async Task Where_connections_are_shared_NTLM_is_neither_offered_nor_taken()
    {
        door = new Door { IsNtlmAllowed = false };

        Assert.Equal(NoCredentials, await door.AsksAsync(Type3.Type1(PidginFlags), connection));
        Assert.StartsWith("Digest ", Assert.Single(door.Challenges(NoCredentials)), StringComparison.Ordinal);
    }

    private async Task<byte[]> BeginAsync(uint flags = SessionSecurity)
    {
        var result = await door.AsksAsync(Type3.Type1(flags), connection);
        return Type3.ChallengeOf(Assert.IsType<AuthenticationResult.Handshake>(result).Challenge);
    }

    private async Task ProveAsync()
    {
        var challenge = await BeginAsync();
        Assert.Equal(JoIsProven, await door.AsksAsync(new Type3 { Nt = Type3.V2(challenge, "JoBrown", "ADATUM", Password) }.ToHeader(), connection));
    }
}
