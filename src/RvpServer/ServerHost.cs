using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using RvpServer.Admin;
using RvpServer.AdminConsole;
using RvpServer.Administration;
using RvpServer.Authentication;
using RvpServer.Cli;
using RvpServer.Cluster;
using RvpServer.Configuration;
using RvpServer.Delivery;
using RvpServer.Directories;
using RvpServer.Dns;
using RvpServer.Domains;
using RvpServer.Federation;
using RvpServer.Home;
using RvpServer.Http;
using RvpServer.Outbound;
using RvpServer.Push;
using RvpServer.Requests;
using RvpServer.Runtime;
using RvpServer.Storage;
using RvpServer.Web;
using RvpServer.Webhooks;

namespace RvpServer;

/// <summary>The composition root: the only file that names every part.</summary>
internal static class ServerHost
{
    // Together less than the ten seconds after which a service manager kills the process.
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    /// <summary>Runs the server until it is told to stop; gives the exit code, which is an error if nobody told it to.</summary>
    public static async Task<int> RunAsync(RunArguments arguments, CancellationToken stop)
    {
        FileModes.KeepFromOthers();
        var configuration = arguments.LoadConfiguration();
        using var watched = configuration as IDisposable;
        var settings = arguments.Read(configuration);
        var app = Build(configuration, OpenFiles.Fit(settings), arguments.Environment, WallClock.OfMachine);
        OpenFiles.Tell(app.Logger, settings);
        return await ServerEnd.InTimeAsync(app, () => RunAsync(app, stop));
    }

    /// <summary>The same with a host that is made already.</summary>
    public static async Task<int> RunAsync(WebApplication app, CancellationToken stop)
    {
        await StartAsync(app, stop);
        await app.WaitForShutdownAsync(stop);
        LifeLog.Stopping(app);
        await StopAsync(app);
        return ServerEnd.CodeOf(app);
    }

    /// <summary>Builds the host; nothing runs yet.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="settings">The same, validated.</param>
    /// <param name="environment">Production, Development, …</param>
    /// <param name="clock">The time.</param>
    /// <param name="replace">Replaces parts: for tests, which use their own DNS.</param>
    public static WebApplication Build(
        IConfigurationRoot configuration, RvpSettings settings, string environment, TimeProvider clock, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = environment, ApplicationName = "rvpserver" });
        builder.Configuration.AddConfiguration(configuration);
        // Listeners reads Urls itself; Kestrel would only warn that it ignores them.
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "");
        builder.WebHost.UseKestrel(options =>
        {
            KestrelLimits.Apply(options, settings);
            Listeners.Apply(options, configuration, settings, AdminSocket.PathIn(settings.DataDirectory));
        });
        builder.Services
            .AddServerLog(configuration)
            .AddSystemd().AddWindowsService()
            .Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTime)
            .Configure<SocketTransportOptions>(options => options.CreateBoundListenSocket = AdminSocket.Bind)
            .AddSettings(settings)
            .AddRuntime(clock)
            .AddDomains(settings).AddDns(settings)
            .AddStorage(settings, clock)
            .AddDirectory(settings).AddProofs(settings)
            .AddOutbound(settings).AddFederation(settings)
            .AddOutbox().AddHome(settings).AddHttp(settings).AddRequests(settings).AddWeb(settings).AddWebhooks().AddPush(settings)
            .AddAdministration()
            .AddAdmin().AddAdminApi().AddAdminConsole().AddTelemetry(settings);
        builder.AddCluster(settings);
        if (builder.Environment.IsDevelopment()) builder.Services.AddHostedService<DemoAccounts>();
        replace?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseAdminApi().UseAdminConsole().UseAdmin();
        app.UseFrontProxies(settings.Proxies).UseMiddleware<RequestFrame>();
        app.UseVerbs();
        app.UseMoves();
        app.UseRequestPlaces().UseWebhooks(settings.Webhooks);
        app.UsePush(settings.Push);
        app.UseWeb(settings.WebClient);
        app.RefuseOtherVerbs();
        return app;
    }

    /// <summary>Looks whether data and ports are free, rebuilds the nodes from the store, then starts serving.</summary>
    public static async Task StartAsync(WebApplication app, CancellationToken stop)
    {
        app.Services.GetRequiredService<DataLock>();
        ListeningPlace.RequireFree(app.Services.GetRequiredService<RvpSettings>(), app.Configuration);
        await app.Services.GetRequiredService<NodeLoading>().LoadAsync(app.Services.GetRequiredService<CallbackGuard>().Remember, stop);
        await app.StartAsync(stop);
        LifeLog.Started(app);
    }

    /// <summary>Stops serving and gives queued notifications a short time to leave.</summary>
    public static async Task StopAsync(WebApplication app)
    {
        await app.StopAsync();
        await app.Services.GetRequiredService<NewsJournal>().CloseAsync(app.Services.GetRequiredService<Outbox>(), DrainTime);
    }
}
