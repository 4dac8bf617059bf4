using System.Net;
using System.Text;
using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Tests.Authentication.Basic;

public class BasicHandlerTests
{
    private const string Password = InMemoryDirectory.Password;
    private static readonly AuthenticationResult Failed = new AuthenticationResult.Failed(IsStale: false);
    private static readonly AuthenticationResult NoCredentials = new AuthenticationResult.NoCredentials();
    private readonly Door door = new(false, Scheme.Digest, Scheme.Basic) { IsHttps = true };
    private readonly List<string> shown = [];

    private AuthenticationResult JoIsProven => door.People.Proven(door.People.Jo, Credentials.Digest);

    [Fact]
    public void It_is_offered_over_TLS_alone()
    {
        var plain = new Door(false, Scheme.Digest, Scheme.Basic);

        Assert.Equal("Basic realm=\"im.adatum.com\", charset=\"UTF-8\"", door.Challenges(NoCredentials)[1]);
        Assert.StartsWith("Digest ", Assert.Single(plain.Challenges(NoCredentials)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_TLS_or_where_it_is_not_listed_it_is_not_looked_at()
    {
        Assert.Equal(NoCredentials, await new Door(false, Scheme.Basic).AsksAsync(Header("JoBrown:" + Password)));
        Assert.Equal(NoCredentials, await new Door { IsHttps = true }.AsksAsync(Header("JoBrown:" + Password)));
    }

    [Theory]
    [InlineData("JoBrown")]
    [InlineData("jobrown@adatum.com")]
    [InlineData("ADATUM\\JoBrown")]
    public async Task The_password_proves_in_every_form_of_the_name(string name) =>
        Assert.Equal(JoIsProven, await door.AsksAsync(Header($"{name}:{Password}")));

    [Fact]
    public async Task A_password_may_hold_colons_and_any_letter()
    {
        door.People.Put(door.People.Jo, "a:b:ë€");

        Assert.Equal(JoIsProven, await door.AsksAsync(Header("JoBrown:a:b:ë€")));
    }

    // Browsers and older clients do so where the challenge names no charset, and some whatever it names.
    [Fact]
    public async Task A_password_may_come_in_Latin_1()
    {
        door.People.Put(door.People.Jo, "Grüße-1");

        Assert.Equal(JoIsProven, await door.AsksAsync("Basic " + Convert.ToBase64String(Encoding.Latin1.GetBytes("JoBrown:Grüße-1"))));
    }

    [Fact]
    public async Task The_password_of_a_later_account_of_the_name_does_not_prove_the_earlier_one()
    {
        door.People.PutSecretsOfAnother(door.People.Jo with { Id = "earlier" }, "Another-Word-2");

        Assert.Equal(Failed, await door.AsksAsync(Header("JoBrown:Another-Word-2")));
        Assert.Equal(Failed, await door.AsksAsync(Header("JoBrown:" + Password)));
    }

    [Theory]
    [InlineData("JoBrown:wrong")]
    [InlineData("JoBrown:")]
    [InlineData("NoSuchPerson:Pass-Word-1")]
    [InlineData(":")]
    public async Task A_wrong_password_or_name_fails(string text) => Assert.Equal(Failed, await door.AsksAsync(Header(text)));

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ?")]
    [InlineData("Basic Sm8=")]
    public async Task What_cannot_be_read_is_a_bad_request(string header) => Assert.IsType<AuthenticationResult.Malformed>(await door.AsksAsync(header));

    [Fact]
    public async Task Guesses_are_counted_with_those_of_all_schemes()
    {
        for (var i = 0; i < 10; i++) await door.AsksAsync(Header("JoBrown:wrong"));

        Assert.IsType<AuthenticationResult.Throttled>(await door.AsksAsync(Header("JoBrown:" + Password)));
    }

    [Fact]
    public async Task The_HA1_of_any_form_tells_where_there_is_no_NT_hash()
    {
        door.People.Put(door.People.Jo, Password);
        door.People.DropNtHash(door.People.Jo);

        Assert.Equal(JoIsProven, await door.AsksAsync(Header("JoBrown:" + Password)));
        Assert.Equal(Failed, await door.AsksAsync(Header("JoBrown:wrong")));
    }

    [Fact]
    public async Task The_directory_judges_what_the_secrets_do_not_prove()
    {
        door.With(new ExternalAuthenticators { AskDirectory = ShowAsync });
        door.People.PutWithoutSecrets(door.People.Jo);

        Assert.Equal(JoIsProven, await door.AsksAsync(Header("JoBrown:Theirs-1")));
        Assert.Equal(Failed, await door.AsksAsync(Header("JoBrown:wrong")));
        Assert.Equal(Failed, await door.AsksAsync(Header("JoBrown:")));
        Assert.Equal(Failed, await door.AsksAsync(Header("NoSuchPerson:Theirs-1")));
        Assert.Equal(["JoBrown Theirs-1", "JoBrown wrong"], shown);
    }

    [Fact]
    public async Task A_form_takes_the_same_road()
    {
        var address = IPAddress.Parse("10.0.0.1");

        Assert.Equal(JoIsProven, await door.Authenticator.ProvePasswordAsync(Door.Server, "JoBrown@adatum.com", Password, address, CancellationToken.None));
        var wrong = door.Authenticator.ProvePasswordAsync(Door.Server, "JoBrown@adatum.com", "wrong", address, CancellationToken.None).AsTask();
        door.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Failed, await wrong);
    }

    private static string Header(string text) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private Task<bool> ShowAsync(Account account, string password, CancellationToken stop)
    {
        shown.Add($"{account.Name} {password}");
        return Task.FromResult(password == "Theirs-1");
    }
}
