namespace RvpServer.Interop.Pidgin;

/// <summary>The ways to spell a name, and the ways to be refused.</summary>
public class PidginSignInTests
{
    [Theory]
    [InlineData("Digest")]
    [InlineData("Ntlm")]
    public async Task The_name_may_carry_the_Windows_domain(string scheme)
    {
        var authentication = $$"""{ "Schemes": ["{{scheme}}"], "NtlmDomain": "ADATUM", "AllowNtlmV1": true }""";
        await using var server = await RunningServer.StartAsync("127.0.0.4", authentication);
        await using PurpleClient jo = PurpleClient.Start(server.AddressOf("JoBrown"), RunningServer.JoPassword, windowsDomain: "ADATUM");

        await jo.SignsIn();
    }

    /// <summary>The plugin compares URLs letter by letter with those that it has sent itself, and lower case is what it makes of many.</summary>
    [Theory]
    [InlineData("Digest")]
    [InlineData("Ntlm")]
    public async Task Everyone_is_answered_in_their_own_spelling(string scheme)
    {
        var authentication = $$"""{ "Schemes": ["{{scheme}}"], "NtlmDomain": "ADATUM", "AllowNtlmV1": true }""";
        await using var server = await RunningServer.StartAsync("127.0.0.4", authentication);
        await using PurpleClient jo = PurpleClient.Start(server.AddressOf("jobrown"), RunningServer.JoPassword);
        await using PurpleClient kari = PurpleClient.Start(server.AddressOf("KariHensien"), RunningServer.KariPassword);
        await jo.SignsIn();
        await kari.SignsIn();

        await jo.Adds(server.AddressOf("KARIHENSIEN"));
        await kari.Adds(server.AddressOf("JoBrown"));
        await jo.SetsStatus("busy");

        await jo.SeesStatus(server.AddressOf("KARIHENSIEN"), "online");
        await kari.SeesStatus(server.AddressOf("JoBrown"), "busy");
    }

    [Theory]
    [InlineData("Digest")]
    [InlineData("Ntlm")]
    public async Task A_wrong_password_is_refused_at_once(string scheme)
    {
        var authentication = $$"""{ "Schemes": ["{{scheme}}"], "NtlmDomain": "ADATUM", "AllowNtlmV1": true }""";
        await using var server = await RunningServer.StartAsync("127.0.0.4", authentication);
        await using var jo = PurpleClient.Start(server.AddressOf("JoBrown"), "Not-My-Word");

        await jo.TriesToSignIn();

        await jo.Hears("^disconnected .*Auth failed");
    }

    /// <summary>Version 1 of NTLM is off by default; its users must not stay "connecting" without end.</summary>
    [Fact]
    public async Task Version_1_of_NTLM_is_refused_where_it_is_not_allowed()
    {
        const string authentication = """{ "Schemes": ["Ntlm"], "NtlmDomain": "ADATUM" }""";
        await using var server = await RunningServer.StartAsync("127.0.0.4", authentication);
        await using var jo = PurpleClient.Start(server.AddressOf("JoBrown"), RunningServer.JoPassword);

        await jo.TriesToSignIn();

        await jo.Hears("^disconnected .*Auth failed");
    }
}
