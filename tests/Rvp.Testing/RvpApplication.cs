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
/// header lines, cookies as they are sent), where connections do (NTLM, Admin URL, limits of Kestrel, callbacks, the caller's address) and for
/// restarts there is <see cref="TestServer"/>. A home server of im.adatum.com without accounts.
/// </summary>
internal sealed class RvpApplication : WebApplicationFactory<Program>
{
    private readonly TempFolder folder = new();
    private readonly Dictionary<string, string?> configuration;

    public RvpApplication() : this([])
    {
    }

    /// <param name="overrides">Configuration keys below <c>Rvp:</c>.</param>
    public RvpApplication(params IEnumerable<KeyValuePair<string, string?>> overrides)
    {
        configuration = TestConfiguration.Make(folder.Path, overrides);
        ClientOptions.BaseAddress = new Uri("http://im.adatum.com");
        ClientOptions.AllowAutoRedirect = false;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    // Program runs a command line, so the host is built where the command line would have it built, and this builder builds nothing.
    protected override IHostBuilder CreateHostBuilder() => new HostBuilder();

    protected override IHost CreateHost(IHostBuilder builder)
    {
        var root = new ConfigurationBuilder().AddInMemoryCollection(configuration).Build();
        var app = ServerHost.Build(
            root, RvpSettings.Read(root, folder.Path), "Production", TimeProvider.System,
            services => services.AddSingleton<IServer, Microsoft.AspNetCore.TestHost.TestServer>());
        // The factory knows no other way to start.
        ServerHost.StartAsync(app, CancellationToken.None).GetAwaiter().GetResult();
        return app;
    }
}
