using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RvpServer;
using RvpServer.Configuration;

namespace Rvp.Testing;

/// <summary>
/// The whole application without sockets: the pipeline as in production, called by <see cref="WebApplicationFactory{TEntryPoint}.CreateClient()"/>
/// in this process. For what HTTP says whichever way it is written, such as pages, statuses and JSON. Where bytes count (raw targets, framing,
/// header lines, cookies as they are sent), where connections do (NTLM, Admin URL,
/// limits of Kestrel, callbacks, the caller's address) and for restarts there is <see cref="TestServer"/>. A home server of im.adatum.com without
/// accounts.
/// </summary>
internal sealed class RvpApplication : WebApplicationFactory<Program>
{
    private readonly string folder = Directory.CreateTempSubdirectory("rvp-test-").FullName;
    private readonly Dictionary<string, string?> configuration;

    public RvpApplication() : this([])
    {
    }

    /// <param name="overrides">Configuration keys below <c>Rvp:</c>.</param>
    public RvpApplication(params IEnumerable<KeyValuePair<string, string?>> overrides)
    {
        configuration = new Dictionary<string, string?>
        {
            ["Rvp:DataDirectory"] = folder,
            ["Rvp:ProtocolLog:Enabled"] = "false",
            ["Rvp:MailDomains:adatum.com"] = "im.adatum.com",
            ["Rvp:VirtualServers:0:Name"] = "imhomeserver1",
            ["Rvp:VirtualServers:0:Role"] = "Home",
            ["Rvp:VirtualServers:0:Domain"] = "im.adatum.com",
            ["Rvp:VirtualServers:0:HostNames:0"] = "im.adatum.com",
            ["Serilog:MinimumLevel:Default"] = "Fatal",
            ["Serilog:WriteTo:0:Name"] = "Console",
        };
        foreach (var (key, value) in overrides) configuration["Rvp:" + key] = value;
        ClientOptions.BaseAddress = new Uri("http://im.adatum.com");
        ClientOptions.AllowAutoRedirect = false;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    // Program runs a command line, so the host is built where the command line would have it built, and this builder builds nothing.
    protected override IHostBuilder CreateHostBuilder() => new HostBuilder();

    protected override IHost CreateHost(IHostBuilder builder)
    {
        var root = new ConfigurationBuilder().AddInMemoryCollection(configuration).Build();
        var app = ServerHost.Build(
            root, RvpSettings.Read(root, folder), "Production", TimeProvider.System, services => services.AddSingleton<IServer,
            Microsoft.AspNetCore.TestHost.TestServer>());
        // The factory knows no other way to start.
        ServerHost.StartAsync(app, CancellationToken.None).GetAwaiter().GetResult();
        return app;
    }
}
