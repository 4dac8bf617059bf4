using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Dns;
using RvpServer.Http;
using RvpServer.Runtime;

namespace RvpServer.Tests.Http;

/// <summary>A real Kestrel on loopback with the server's own limits and listeners, and one handler behind them.</summary>
internal sealed class KestrelHost : IAsyncDisposable
{
    // Only named: nothing here reads it or writes to it.
    private static readonly string Nowhere = Path.Combine(Path.GetTempPath(), "rvpserver-tests-nowhere");

    private readonly WebApplication app;

    private KestrelHost(WebApplication app, LogCollector log)
    {
        this.app = app;
        Log = log;
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        var ports = addresses.Select(address => new Uri(address).Port).ToArray();
        (Port, AdminPort) = (ports[0], ports[1]);
    }

    public int Port { get; }

    public int AdminPort { get; }

    public LogCollector Log { get; }

    public IServiceProvider Services => app.Services;

    /// <param name="pipeline">What is put into the pipeline, handler included.</param>
    /// <param name="services">Registers what the pipeline needs.</param>
    /// <param name="settings">Configuration on top of one virtual server.</param>
    public static async Task<KestrelHost> StartAsync(
        Action<WebApplication> pipeline, Action<IServiceCollection, RvpSettings>? services = null, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(TestConfiguration.MakeOnLoopback(Nowhere, []));
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>(s.Key, s.Value)));
        var read = RvpSettings.Read(builder.Configuration, Nowhere);
        builder.WebHost.UseUrls();
        builder.WebHost.UseKestrel(options =>
        {
            KestrelLimits.Apply(options, read);
            Listeners.Apply(options, builder.Configuration, read);
        });
        var log = new LogCollector();
        builder.Logging.AddProvider(log.MakeProvider());
        builder.Services.AddSettings(read).AddSingleton(TimeProvider.System).AddRuntime(TimeProvider.System).AddDns(read).AddHttp(read);
        services?.Invoke(builder.Services, read);
        var app = builder.Build();
        pipeline(app);
        await app.StartAsync();
        return new KestrelHost(app, log);
    }

    public static RvpSettings SettingsOf(WebApplication app) => RvpSettings.Read(app.Configuration, Nowhere);

    /// <summary>A host whose only handler stands behind <see cref="RequestFrame"/>.</summary>
    public static Task<KestrelHost> ServeAsync(RequestDelegate handler, params (string Key, string Value)[] settings) => StartAsync(app =>
    {
        app.UseMiddleware<RequestFrame>();
        app.Run(handler);
    }, null, settings);

    /// <summary>Opens a connection to the RVP port.</summary>
    public Task<RawConnection> ConnectAsync() => RawConnection.OpenAsync(Port);

    /// <summary>Sends these lines on a connection of their own and gives the whole answer, without its Date.</summary>
    public Task<string> AskAsync(params string[] lines) => AskAsync(Port, lines);

    /// <summary>The same at the Admin URL.</summary>
    public Task<string> AskAdminAsync(params string[] lines) => AskAsync(AdminPort, lines);

    public Task StopAsync() => app.StopAsync();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static async Task<string> AskAsync(int port, string[] lines)
    {
        await using var connection = await RawConnection.OpenAsync(port);
        await connection.SendAsync(string.Join("\r\n", lines) + "\r\n\r\n");
        return RawMessage.WithoutDate(await connection.ReadToEndAsync());
    }
}
