using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Authentication.Negotiate;
using RvpServer.Configuration;
using RvpServer.Tests.Authentication.Ntlm;

namespace RvpServer.Tests.Authentication.Negotiate;

public class NegotiateHandlerTests
{
    private static readonly AuthenticationResult Failed = new AuthenticationResult.Failed(IsStale: false);
    private static readonly AuthenticationResult NoCredentials = new AuthenticationResult.NoCredentials();
    private readonly Door.Connection connection = new();

    [Fact]
    public void The_challenges_of_Exchange_in_its_order()
    {
        var challenges = WithTickets(Make()).Challenges(NoCredentials);

        Assert.Equal(["Negotiate", "NTLM", "Digest"], challenges.Select(challenge => challenge!.Split(' ')[0]));
        Assert.Equal(("Negotiate", "NTLM"), (challenges[0], challenges[1]));
    }

    [Theory]
    [InlineData("JoBrown@ADATUM.COM")]
    [InlineData("jobrown@adatum.com")]
    [InlineData("ADATUM\\JoBrown")]
    public async Task A_ticket_proves_its_request_and_no_other(string principal)
    {
        var door = WithTickets(Make());

        var result = await door.AsksAsync(Ticket(principal), connection);

        Assert.Equal(door.People.Proven(door.People.Jo, Credentials.Ntlm), result);
        Assert.Equal("Negotiate AQID", door.LastResponse!.Headers.WWWAuthenticate.ToString());
        Assert.Equal(NoCredentials, await door.AsksAsync(null, connection));
    }

    [Theory]
    [InlineData("JoBrown@CONTOSO.COM")]
    [InlineData("CONTOSO\\JoBrown")]
    [InlineData("JoBrown")]
    [InlineData("@ADATUM.COM")]
    [InlineData("NoSuchPerson@ADATUM.COM")]
    [InlineData("")]
    public async Task A_ticket_of_somebody_who_is_not_ours_proves_nothing(string principal) =>
        Assert.Equal(Failed, await WithTickets(Make()).AsksAsync(Ticket(principal), connection));

    [Theory]
    [InlineData("JoBrown@SALES.CONTOSO.COM", true)]
    [InlineData("SALES\\JoBrown", true)]
    [InlineData("JoBrown@ADATUM.COM", false)]
    [InlineData("ADATUM\\JoBrown", false)]
    public async Task An_IM_domain_may_have_a_realm_of_its_own(string principal, bool isOurs)
    {
        var door = WithTickets(Make()).With("im.adatum.com", new() { NtlmDomain = "SALES", KerberosRealm = "SALES.CONTOSO.COM" });

        var result = await door.AsksAsync(Ticket(principal), connection);

        Assert.Equal(isOurs ? door.People.Proven(door.People.Jo, Credentials.Ntlm) : Failed, result);
    }

    [Fact]
    public async Task A_ticket_is_its_sign_in_names_and_no_namesakes()
    {
        var door = WithTickets(Make());
        door.People.SignInNames["kari"] = "KariHensien";
        door.People.SignInNames["JoBrown@ADATUM.COM"] = "KariHensien";

        Assert.Equal(door.People.Proven(door.People.Kari, Credentials.Ntlm), await door.AsksAsync(Ticket("kari@ADATUM.COM"), connection));
        Assert.Equal(door.People.Proven(door.People.Kari, Credentials.Ntlm), await door.AsksAsync(Ticket("JoBrown@ADATUM.COM"), connection));
        Assert.Equal(Failed, await door.AsksAsync(Ticket("KariHensien@ADATUM.COM"), connection));
    }

    [Fact]
    public async Task A_disabled_account_has_no_use_of_its_ticket()
    {
        var door = WithTickets(Make());
        door.People.Put(door.People.Jo with { IsEnabled = false });

        Assert.Equal(Failed, await door.AsksAsync(Ticket("JoBrown@ADATUM.COM"), connection));
    }

    [Fact]
    public async Task Without_a_directory_nobody_can_tell_whose_ticket_it_is()
    {
        var door = WithTickets(Make());
        door.People.IsDown = true;

        Assert.Equal(new AuthenticationResult.Unavailable(), await door.AsksAsync(Ticket("JoBrown@ADATUM.COM"), connection));
    }

    [Theory]
    [InlineData("Negotiate")]
    [InlineData("Negotiate ?")]
    [InlineData("negotiate TlRMTVNTUA")]
    public async Task A_token_that_is_none_is_a_bad_request(string header) =>
        Assert.IsType<AuthenticationResult.Malformed>(await WithTickets(Make()).AsksAsync(header, connection));

    [Fact]
    public async Task A_front_proxy_lets_tickets_through_and_not_NTLM()
    {
        var door = WithTickets(new Door(false, Scheme.Negotiate, Scheme.Ntlm, Scheme.Digest) { IsNtlmAllowed = false });

        Assert.Equal(door.People.Proven(door.People.Jo, Credentials.Ntlm), await door.AsksAsync(Ticket("JoBrown@ADATUM.COM"), connection));
        Assert.Equal(NoCredentials, await door.AsksAsync(UnderNegotiate(Type3.Type1(0x0000_0207)), connection));
        Assert.Equal(["Negotiate", "Digest"], door.Challenges(NoCredentials).Select(challenge => challenge!.Split(' ')[0]));
    }

    [Fact]
    public async Task NTLM_under_its_name_is_our_own_NTLM_and_answered_under_it()
    {
        var door = WithTickets(Make());

        var asked = Assert.IsType<AuthenticationResult.Handshake>(await door.AsksAsync(UnderNegotiate(Type3.Type1(0x0000_0207)), connection));
        Assert.StartsWith("Negotiate TlRMTVNTUAAC", asked.Challenge, StringComparison.Ordinal);
        var challenge = Type3.ChallengeOf("NTLM " + asked.Challenge["Negotiate ".Length..]);
        var type3 = UnderNegotiate(new Type3 { Nt = Type3.V2(challenge, "JoBrown", "ADATUM", InMemoryDirectory.Password) }.ToHeader());

        Assert.Equal(door.People.Proven(door.People.Jo, Credentials.Ntlm), await door.AsksAsync(type3, connection));
        Assert.Equal(door.People.Proven(door.People.Jo, Credentials.Ntlm), await door.AsksAsync(null, connection));
    }

    [Fact]
    public async Task Where_NTLM_is_not_listed_it_is_not_taken_under_another_name()
    {
        var door = WithTickets(new Door(false, Scheme.Negotiate, Scheme.Digest));

        Assert.Equal(NoCredentials, await door.AsksAsync(UnderNegotiate(Type3.Type1(0x0000_0207)), connection));
    }

    [Fact]
    public async Task Where_Negotiate_is_not_listed_tickets_are_not_taken()
    {
        var door = WithTickets(new Door());

        Assert.Equal(NoCredentials, await door.AsksAsync(Ticket("JoBrown@ADATUM.COM"), connection));
    }

    private static Door Make() => new(false, Scheme.Negotiate, Scheme.Ntlm, Scheme.Digest);

    // A ticket here is its principal's name in clear text; an empty one is not for us.
    private static Door WithTickets(Door door) => door.With(new ExternalAuthenticators
    {
        AcceptTicket = token => System.Text.Encoding.UTF8.GetString(token) is { Length: > 1 } text ? new KerberosTicket(text[1..], [1, 2, 3]) : null,
    });

    private static string Ticket(string principal) => "Negotiate " + Convert.ToBase64String([0x60, .. System.Text.Encoding.UTF8.GetBytes(principal)]);

    private static string UnderNegotiate(string ntlm) => "Negotiate " + ntlm["NTLM ".Length..];
}
