using System.Net;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rvp.Engine;
using Rvp.Ldap;
using RvpServer.Admin;
using RvpServer.Authentication;
using RvpServer.Authentication.Negotiate;
using RvpServer.Authentication.Ntlm;
using RvpServer.Cli;
using RvpServer.Configuration;
using RvpServer.Delivery;
using RvpServer.Directories;
using RvpServer.Directories.Ldap;
using RvpServer.Directories.Local;
using RvpServer.Dns;
using RvpServer.Domains;
using RvpServer.Federation;
using RvpServer.Home;
using RvpServer.Http;
using RvpServer.Network;
using RvpServer.Router;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;
using RvpServer.Web;
using Serilog;
using Yarp.ReverseProxy.Forwarder;
using SourceCheck = RvpServer.Federation.SourceCheck;

namespace RvpServer;

/// <summary>The composition root: the one file that names every part.</summary>
internal static class ServerHost
{
    /// <summary>SIGTERM to exit: finish what is in flight, flush, and be gone within ten seconds. [design 4]</summary>
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(6);

    /// <summary>What waits for callbacks gets this long at shutdown.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    /// <summary>Runs the server until it is told to stop; gives the exit code.</summary>
    public static async Task<int> RunAsync(RunArguments arguments, CancellationToken stop)
    {
        var configuration = arguments.LoadConfiguration();
        using var watched = configuration as IDisposable;
        var settings = RvpSettings.Read(configuration, arguments.BaseFolder);
        await using var app = Build(configuration, settings, arguments.Environment, TimeProvider.System);
        await StartAsync(app, stop);
        await app.WaitForShutdownAsync(stop);
        await StopAsync(app);
        return ExitCode.Done;
    }

    /// <summary>Makes the host; nothing runs yet.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="settings">The same, validated.</param>
    /// <param name="environment">Production, Development, …</param>
    /// <param name="clock">The time.</param>
    /// <param name="replace">Puts other parts in place of the usual ones: for tests, which have a DNS of their own.</param>
    public static WebApplication Build(IConfigurationRoot configuration, RvpSettings settings, string environment, TimeProvider clock, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = environment, ApplicationName = "rvpserver" });
        builder.Configuration.AddConfiguration(configuration);
        // Listeners reads Urls itself; Kestrel would only warn that it does not.
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "");
        builder.WebHost.UseKestrel(options =>
        {
            KestrelLimits.Apply(options, settings);
            Listeners.Apply(options, configuration, settings);
        });
        var services = builder.Services;
        services.AddSerilog(ServerLog.Create(configuration), dispose: true);
        services.AddSystemd().AddWindowsService();
        services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTime);
        services.AddRouting().AddRequestLimits(settings.Limits).AddAdmin();
        if (settings.ProtocolLog.Enabled) services.AddW3cLog(settings.ProtocolLog);
        services.AddSingleton(clock).AddSingleton(settings);
        AddStorage(services, settings);
        AddDirectory(services, settings);
        AddAuthentication(services, settings);
        AddDelivery(services, settings);
        AddFederation(services, settings);
        AddRouter(services, settings);
        AddHome(services, settings);
        replace?.Invoke(services);
        var app = builder.Build();
        UsePipeline(app, settings);
        return app;
    }

    /// <summary>Rebuilds the nodes from the store, then begins to serve.</summary>
    public static async Task StartAsync(WebApplication app, CancellationToken stop)
    {
        var services = app.Services;
        var nodes = services.GetRequiredService<Nodes>();
        await nodes.LoadAsync(stop);
        var guard = services.GetRequiredService<CallbackGuard>();
        foreach (var subscription in nodes.All.SelectMany(slot => slot.Node.SignIns.Concat(slot.Node.Watches)))
            if (subscription.Callback is Callback.Direct direct) guard.Remember(direct.Url, subscription.Address);
        Gauges.Add(services.GetRequiredService<Metrics>(), nodes, services.GetRequiredService<Deliverer>());
        if (app.Environment.IsDevelopment()) await DemoAccounts.EnsureAsync(services, stop);
        await app.StartAsync(stop);
        if (app.Environment.IsDevelopment()) DemoAccounts.Print(services.GetRequiredService<RvpSettings>(), Console.Out);
    }

    /// <summary>Stops serving, gives deliveries a moment.</summary>
    public static async Task StopAsync(WebApplication app)
    {
        await app.StopAsync();
        using var patience = new CancellationTokenSource(DrainTime);
        await Task.WhenAll(app.Services.GetRequiredService<IDelivery>().DrainAsync(patience.Token), app.Services.GetRequiredService<PeerDelivery>().DrainAsync(patience.Token));
    }

    private static void AddStorage(IServiceCollection services, RvpSettings settings)
    {
        if (settings.Storage.Provider != StorageProvider.Sqlite)
            throw new ConfigurationException([$"Rvp:Storage:Provider is \"{settings.Storage.Provider}\": this version keeps its data in Sqlite"]);
        services.AddSingleton(_ => SqliteFile.Prepare(Path.Combine(settings.DataDirectory, SqliteFile.Name)));
        services.AddSingleton<IStore, SqliteStore>();
        services.AddSingleton(_ => SecretVault.OpenKeys(settings.DataDirectory));
    }

    private static void AddDirectory(IServiceCollection services, RvpSettings settings)
    {
        if (settings.Directory.Provider == DirectoryProvider.Ldap)
        {
            AddLdap(services, settings);
            return;
        }
        services.AddSingleton(provider => new Accounts(provider.GetRequiredService<SqliteFile>().Open, provider.GetRequiredService<IDataProtectionProvider>(), PasswordSecrets.MakerOf(settings)));
        services.AddSingleton(provider => new LocalDirectory(
            provider.GetRequiredService<SqliteFile>().Open, provider.GetRequiredService<IDataProtectionProvider>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LocalDirectory>>()));
        services.AddSingleton<IDirectory>(provider => provider.GetRequiredService<LocalDirectory>());
    }

    /// <summary>From the inside out: the directory, what is remembered of it, and passwords of our own for those that it has none for.</summary>
    private static void AddLdap(IServiceCollection services, RvpSettings settings)
    {
        var ldap = LdapConfiguration.SettingsOf(settings);
        var limits = new CacheLimits(settings.Directory.Ldap.CacheTtl, settings.Directory.Ldap.NegativeTtl);
        services.AddSingleton(provider => new LdapClient(ldap.Connection, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LdapClient>>()));
        services.AddSingleton(provider => new LdapDirectory(
            provider.GetRequiredService<LdapClient>(), ldap, provider.GetRequiredService<ImDomains>().All, PasswordSecrets.MakerOf(settings), provider.GetRequiredService<ILogger<LdapDirectory>>()));
        services.AddSingleton(provider => new CachedDirectory(
            provider.GetRequiredService<LdapDirectory>(), limits, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CachedDirectory>>()));
        services.AddSingleton<IDirectory>(provider =>
        {
            var open = provider.GetRequiredService<SqliteFile>().Open;
            return new OwnPasswordDirectory(
                provider.GetRequiredService<CachedDirectory>(), new OwnPasswords(open, provider.GetRequiredService<IDataProtectionProvider>()), open,
                settings.Authentication.NtlmAuthHelper is not null, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<OwnPasswordDirectory>>());
        });
    }

    private static void AddAuthentication(IServiceCollection services, RvpSettings settings)
    {
        var authentication = settings.Authentication;
        var own = new AuthenticationSettings(authentication.Schemes, authentication.NtlmDomain!, authentication.AllowNtlmV1, [.. settings.MailDomains.Keys]) { KerberosRealm = authentication.KerberosRealm! };
        services.AddSingleton(own).AddSingleton<Authenticator>();

        // Here, so that what is missing stops the start.
        var takesTickets = authentication.Schemes.Contains(Scheme.Negotiate);
        if (takesTickets) KerberosAcceptor.Prepare(authentication.KeytabFile);
        var helper = authentication is { NtlmAuthHelper: { } line } && authentication.Schemes.Contains(Scheme.Ntlm) ? NtlmAuthCommand.Parse(line) : null;
        if (helper is not null) services.AddSingleton(helper).AddSingleton<NtlmAuthHelpers>();
        services.AddSingleton(provider => new OutsideJudges
        {
            AcceptTicket = takesTickets ? KerberosAcceptor.Accept : null,
            AskDomain = helper is null ? null : provider.GetRequiredService<NtlmAuthHelpers>().AskAsync,
            AskDirectory = provider.GetService<LdapDirectory>() is { } ldap ? ldap.ProveByBindAsync : null,
        });
    }

    private static void AddDelivery(IServiceCollection services, RvpSettings settings)
    {
        var delivery = settings.Delivery;
        services.AddSingleton(new DeliverySettings(delivery.Attempts, delivery.CallbackTimeout, delivery.MinCallbackPort, OutboundProxy: settings.Firewall.OutboundProxy));
        services.AddSingleton(provider => new CallbackAddresses(
            delivery.MinCallbackPort, delivery.CallbackAddresses, () => ListeningAt(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CallbackNames(async (name, stop) => [.. await provider.GetRequiredService<DomainResolver>().AddressesForDialingAsync(name, stop)], provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CallbackDialer(provider.GetRequiredService<CallbackAddresses>(), provider.GetRequiredService<CallbackNames>(), settings.Firewall.OutboundProxy));
        services.AddSingleton<CallbackGuard>().AddSingleton<Deliverer>();
        services.AddSingleton<IDelivery>(provider => provider.GetRequiredService<Deliverer>());
    }

    private static void AddHome(IServiceCollection services, RvpSettings settings)
    {
        services.AddSingleton(new VirtualServerTable(settings.VirtualServers)).AddSingleton(ImDomains.Of(settings));
        services.AddSingleton(new HomeLimits(settings.Limits.MaxBodyBytes));
        services.AddSingleton(new Rules
        {
            StateLease = settings.Presence.StateLease,
            SubscriptionLifetime = settings.Presence.SubscriptionLifetime,
            IsBlockingPolite = settings.Presence.Blocking == Blocking.Polite,
            Polling = PollLimits.Default with { MaxEntries = settings.Polling.MaxQueuedNotifications, MaxAge = settings.Polling.MaxAge },
        });
        services.AddSingleton<SharedUrls>().AddSingleton<IdSource>().AddSingleton<LeaseTimer>().AddSingleton<PollWaiters>().AddSingleton<Dispatcher>().AddSingleton<Nodes>();
        services.AddSingleton(provider => new CallerIdentity(
            provider.GetRequiredService<Authenticator>(), provider.GetRequiredService<NodeLocator>(), provider.GetRequiredService<ImDomains>(), provider.GetRequiredService<FellowCheck>(),
            settings.Federation.Enabled ? provider.GetRequiredService<SourceCheck>() : null,
            provider.GetRequiredService<WebSessions>()));
        services.AddSingleton<WebSessions>().AddSingleton<WebAssets>().AddSingleton<ClientsPage>().AddSingleton<SessionEndpoint>().AddSingleton<AddressEndpoint>();
        services.AddSingleton(provider => new AddressLookup(
            provider.GetRequiredService<ImDomains>(), provider.GetRequiredService<NodeLocator>(), provider.GetRequiredService<DomainResolver>(), settings.Federation.Enabled));
        services.AddSingleton<NodeLocator>().AddSingleton<RequestReader>().AddSingleton<LongPoll>().AddSingleton<NodeEndpoint>();
        services.AddHostedService<LeaseService>().AddHostedService<CallbackService>().AddHostedService<AccountService>();
    }

    private static void AddFederation(IServiceCollection services, RvpSettings settings)
    {
        var hostedHere = settings.VirtualServers.SelectMany(server => server.HostNames.Append(server.Domain)).Concat(settings.MailDomains.Keys).ToHashSet();
        services.AddSingleton(new DnsSettings(settings.Dns.Servers, settings.Dns.Timeout)).AddSingleton<DomainResolver>(provider => new DomainResolver(
            provider.GetRequiredService<DnsSettings>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DnsLookup>>()));
        services.AddSingleton(provider => new SourceCheck(
            settings.Federation.SourceCheck == Configuration.SourceCheck.None ? SourceCheckMode.None : SourceCheckMode.Dns,
            settings.Federation.Trusted, hostedHere, provider.GetRequiredService<DomainResolver>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new FellowCheck(
            provider.GetRequiredService<NodeLocator>(), provider.GetRequiredService<DomainResolver>(), settings.Federation.Trusted, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(new PeerSettings(settings.Federation.Enabled, settings.Limits.MaxBodyBytes, settings.Firewall.OutboundProxy));
        services.AddSingleton(provider => new PeerClient(
            provider.GetRequiredService<PeerSettings>(), provider.GetRequiredService<DomainResolver>(),
            PeerDialer(provider, settings.Federation.Trusted, settings.Firewall.OutboundProxy), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PhysicalUrls>().AddSingleton<Peers>().AddSingleton<PeerDelivery>().AddSingleton<Relay>();
        services.AddSingleton<FellowDelivery>().AddHostedService(provider => provider.GetRequiredService<FellowDelivery>());
    }

    private static void AddRouter(IServiceCollection services, RvpSettings settings)
    {
        services.AddSingleton(new Firewall(settings.Firewall)).AddSingleton<Forwarder>();
        services.AddHttpForwarder();
        // One's own directory names home servers: they may be anywhere but here.
        services.AddSingleton(provider => new HomeProxy(
            provider.GetRequiredService<IHttpForwarder>(), PeerDialer(provider, [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")], null),
            new HomeProxyLimits(settings.Limits.MaxBodyBytes, Math.Max(1, settings.Limits.MaxOutstandingRequests / 2)), provider.GetRequiredService<Rules>(), provider.GetRequiredService<ILogger<HomeProxy>>()));
    }

    private static PeerDialer PeerDialer(IServiceProvider provider, IReadOnlyList<IPNetwork> trusted, Uri? outboundProxy) =>
        new(provider.GetRequiredService<DomainResolver>(), () => ListeningAt(provider), trusted, outboundProxy, provider.GetRequiredService<TimeProvider>());

    private static void UsePipeline(WebApplication app, RvpSettings settings)
    {
        app.UsePlainAddresses();
        app.UseAdmin();
        app.UseFrontProxies(settings.Proxies);
        if (settings.ProtocolLog.Enabled) app.UseW3CLogging();
        app.UseMiddleware<RequestMetrics>();
        app.UseMiddleware<ErrorAnswers>();
        app.UseRouting();
        app.UseRateLimiter();
        if (settings.WebClient.Enabled) app.UseMiddleware<WebClientEndpoint>();
        var endpoint = app.Services.GetRequiredService<NodeEndpoint>();
        app.MapMethods("/{**path}", VerbTable.Verbs.Select(verb => verb.Name), endpoint.HandleAsync);
        app.MapFallback("/{**path}", NodeEndpoint.RefuseVerb);
    }

    private static List<IPEndPoint> ListeningAt(IServiceProvider services)
    {
        var endpoints = new List<IPEndPoint>();
        foreach (var text in services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            var address = BindingAddress.Parse(text);
            if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)) endpoints.Add(new IPEndPoint(ip, address.Port));
            else if (address.Host == "localhost") endpoints.AddRange([new(IPAddress.Loopback, address.Port), new(IPAddress.IPv6Loopback, address.Port)]);
            else endpoints.Add(new IPEndPoint(IPAddress.Any, address.Port));
        }
        return endpoints;
    }
}
