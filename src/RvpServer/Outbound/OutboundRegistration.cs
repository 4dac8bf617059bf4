using System.Net;
using RvpServer.Configuration;
using RvpServer.Dns;
using RvpServer.Network;
using RvpServer.Runtime;

namespace RvpServer.Outbound;

/// <summary>Registers three kinds of peers to connect to, each with its policy, its dialer and its HTTP connections.</summary>
internal static class OutboundRegistration
{
    /// <summary>Clients' listeners: the key of their services.</summary>
    public const string Callbacks = "callbacks";

    /// <summary>Servers that are named by anybody's DNS: the key of their services.</summary>
    public const string Peers = "peers";

    /// <summary>Home servers that are named by our own directory: the key of their services.</summary>
    public const string HomeServers = "home servers";

    /// <summary>
    /// Connections to callbacks in progress. Decision: more people than one office or one network has, so that they may all be dead at once and delay nobody.
    /// </summary>
    private const int MaxDialsToLiving = 8192, MaxDialsToOthers = 4096;

    /// <summary>A callback gets one request at a time; several may be at one host and port, and those that hang must not hold up the others.</summary>
    private static readonly OutboundLimits CallbackLimits =
        new(MaxConnectionsPerHost: int.MaxValue, IdleTime: TimeSpan.FromSeconds(15), LifeTime: Timeout.InfiniteTimeSpan);

    private static readonly OutboundLimits PeerLimits = new(MaxConnectionsPerHost: 64, IdleTime: TimeSpan.FromSeconds(30), LifeTime: TimeSpan.FromMinutes(5));

    public static IServiceCollection AddOutbound(this IServiceCollection services, RvpSettings settings) => services
        .AddSingleton<OutboundProxy>()
        .AddSingleton(provider => OwnEndpoints.Of(provider, provider.GetRequiredService<TimeProvider>(), settings.Cluster))
        .AddKeyedSingleton(Callbacks, (provider, _) => new AddressPolicy(provider.GetRequiredService<OwnEndpoints>())
        {
            MinPort = settings.Delivery.MinCallbackPort,
            Never = AddressKinds.NoHost,
            Ranges = settings.Delivery.CallbackAddresses,
            Open = AddressKinds.Public,
        })
        // The ports of the web, and those that need no privilege: other low ports belong to services that must not be sent anything. (Decision)
        .AddKeyedSingleton(Peers, (provider, _) => new AddressPolicy(provider.GetRequiredService<OwnEndpoints>())
        {
            MinPort = 1025,
            LowPorts = [80, 443],
            Ranges = settings.Federation.CallableRanges,
            Open = AddressKinds.Public,
        })
        // They may be anywhere except here.
        .AddKeyedSingleton(HomeServers, (provider, _) => new AddressPolicy(provider.GetRequiredService<OwnEndpoints>())
        {
            Ranges = [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")],
        })
        .AddSingleton(provider => new CallbackGuard(
            provider.GetRequiredKeyedService<AddressPolicy>(Callbacks), provider.GetRequiredService<DomainResolver>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(_ => new DialPlaces(MaxDialsToLiving, MaxDialsToOthers))
        .AddKeyedSingleton(Callbacks, (provider, _) => new Dialer(
            provider.GetRequiredService<DomainResolver>(), provider.GetRequiredService<CallbackGuard>().MayDial, provider.GetRequiredService<TimeProvider>(),
            settings.Firewall.OutboundProxy, provider.GetRequiredService<DialPlaces>()))
        .AddKeyedSingleton(Peers, (provider, _) => DialerOf(
            provider, Peers, settings.Firewall.OutboundProxy, new CalledAddresses(provider.GetRequiredService<TimeProvider>())))
        .AddKeyedSingleton(HomeServers, (provider, _) => DialerOf(provider, HomeServers, settings.Firewall.OutboundProxy))
        .AddKeyedSingleton(Callbacks, (provider, _) => HttpOf(provider, Callbacks, CallbackLimits))
        .AddKeyedSingleton(Peers, (provider, _) => HttpOf(provider, Peers, PeerLimits))
        .AddKeyedSingleton(HomeServers, (provider, _) => HttpOf(provider, HomeServers, PeerLimits));

    private static Dialer DialerOf(IServiceProvider provider, string key, Uri? proxy, CalledAddresses? called = null)
    {
        var policy = provider.GetRequiredKeyedService<AddressPolicy>(key);
        return new Dialer(provider.GetRequiredService<DomainResolver>(), MayDial, provider.GetRequiredService<TimeProvider>(), proxy, called: called);

        // A name without a dot is one of the organisation's own machines, wherever it is looked up.
        bool MayDial(string host, IPAddress? address, int port) =>
            address is not null ? policy.Judge(address, port) == AddressVerdict.Allowed
            : policy.AllowsPort(port) && host.Contains('.', StringComparison.Ordinal);
    }

    private static OutboundHttp HttpOf(IServiceProvider provider, string key, OutboundLimits limits) => new(
        provider.GetRequiredKeyedService<Dialer>(key), provider.GetRequiredService<DomainResolver>(), provider.GetRequiredService<OutboundProxy>(), limits,
        provider.GetRequiredService<Stalls>(), provider.GetRequiredService<TimeProvider>());
}
