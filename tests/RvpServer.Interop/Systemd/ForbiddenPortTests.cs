using Rvp.Testing;

namespace RvpServer.Interop.Systemd;

/// <summary>Port 80 without the capability for it, as for a service that somebody wrote by hand.</summary>
public class ForbiddenPortTests
{
    private const string Line =
        "Urls is \"http://127.0.0.18:80\": this user may not listen at port 80: give the service "
        + "AmbientCapabilities=CAP_NET_BIND_SERVICE, or the program \"setcap cap_net_bind_service=+ep ";

    [Theory]
    [InlineData("run")]
    [InlineData("config", "check", "--offline")]
    public async Task One_line_names_key_value_and_cure(params string[] command)
    {
        using var folder = new TempFolder();
        var configuration = folder.Write("rvpserver.json", """
            { "Urls": "http://127.0.0.18:80", "Rvp": { "DataDirectory": "data", "Admin": { "Url": "http://127.0.0.1:0" },
              "VirtualServers": [ { "Name": "imhomeserver1", "Domain": "im.adatum.com", "HostNames": ["im.adatum.com"] } ] } }
            """);

        var ran = await Commands.RunAsync("setpriv",
            ["--bounding-set", "-net_bind_service", "--inh-caps", "-net_bind_service", "dotnet", BuiltPrograms.Server, .. command, "--config", configuration]);

        Assert.Equal(1, ran.Code);
        // How many files this machine allows is another matter.
        Assert.All(ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains("FewOpenFiles", line, StringComparison.Ordinal));
        Assert.StartsWith(Line, Assert.Single(ran.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }
}
