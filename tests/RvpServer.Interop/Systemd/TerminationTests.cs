namespace RvpServer.Interop.Systemd;

public class TerminationTests
{
    [Fact]
    public async Task On_SIGTERM_the_server_ends_within_10_s_with_exit_code_0()
    {
        await using var server = await RunningServer.StartAsync("127.0.0.6", """{ "Schemes": ["Digest"] }""");

        var exitCode = await server.TerminateAsync(TimeSpan.FromSeconds(10));

        Assert.True(exitCode == 0, $"exit code {exitCode}\n{server.Log}");
    }
}
