namespace RvpServer.Interop.Pidgin;

public class PidginWrongPasswordTests
{
    [Theory]
    [InlineData("Digest")]
    [InlineData("Ntlm")]
    public async Task A_wrong_password_is_refused_at_once(string scheme)
    {
        string authentication = $$"""{ "Schemes": ["{{scheme}}"], "NtlmDomain": "ADATUM", "AllowNtlmV1": true }""";
        await using RunningServer server = await RunningServer.StartAsync("127.0.0.4", authentication);
        await using var jo = PurpleClient.Start(server.AddressOf("JoBrown"), "Not-My-Word");

        await jo.TriesToSignIn();

        await jo.Hears("^disconnected .*Auth failed");
    }

    /// <summary>Version 1 of NTLM is off by default; its users must not be left "connecting" for ever.</summary>
    [Fact]
    public async Task Version_1_of_NTLM_is_refused_where_it_is_not_allowed()
    {
        const string authentication = """{ "Schemes": ["Ntlm"], "NtlmDomain": "ADATUM" }""";
        await using RunningServer server = await RunningServer.StartAsync("127.0.0.4", authentication);
        await using var jo = PurpleClient.Start(server.AddressOf("JoBrown"), RunningServer.JoPassword);

        await jo.TriesToSignIn();

        await jo.Hears("^disconnected .*Auth failed");
    }
}
