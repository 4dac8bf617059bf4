using System.Net;
using System.Net.NetworkInformation;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using RvpServer.Configuration;
using RvpServer.Network;

namespace RvpServer.Outbound;

/// <summary>The endpoints on which this server listens; a wildcard address stands for all addresses of the machine.</summary>
/// <param name="listening">Called for every decision, since the endpoints are known only after the start.</param>
/// <param name="clock">The clock for the age of the machine's addresses.</param>
/// <param name="ofMachine">The machine's addresses; null: those of its network cards.</param>
/// <param name="clusterPort">
/// The port at which the processes of a cluster talk, each on a machine of its own: nobody is to be called there, wherever it is.
/// </param>
internal sealed class OwnEndpoints(
    Func<IReadOnlyList<IPEndPoint>> listening, TimeProvider clock, Func<IEnumerable<IPAddress>>? ofMachine = null, int? clusterPort = null)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private MachineAddresses? machine;

    /// <summary>The endpoints of a host's web server, and of its cluster.</summary>
    public static OwnEndpoints Of(IServiceProvider services, TimeProvider clock, ClusterOptions cluster) => new(
        () => ListeningAt(services), clock, clusterPort: cluster is { Enabled: true, Listen: { } listen } ? IPEndPoint.Parse(listen).Port : null);

    /// <summary>True if a connection to this address, not wrapped in IPv6, would reach this server.</summary>
    public bool Contain(IPAddress address, int port)
    {
        if (port == clusterPort) return true;
        foreach (var endpoint in listening())
        {
            if (endpoint.Port != port) continue;
            var listener = PlainAddresses.Of(endpoint.Address);
            // Linux treats the unspecified address as this machine.
            var isThisMachine = (AddressKind.Of(address) & (AddressKinds.Loopback | AddressKinds.Unspecified)) != 0;
            if (listener.Equals(address)) return true;
            if (IPAddress.IsLoopback(listener) && isThisMachine && !IPAddress.IsLoopback(address)) return true;
            var isWildcard = listener.Equals(IPAddress.Any) || listener.Equals(IPAddress.IPv6Any);
            if (isWildcard && (isThisMachine || OfMachine().Contains(address))) return true;
        }
        return false;
    }

    private HashSet<IPAddress> OfMachine()
    {
        var known = Volatile.Read(ref machine);
        if (known is not null && clock.GetElapsedTime(known.ReadAt) < MaxAge) return known.Set;
        // Without the scope of an IPv6 address, which DNS does not contain.
        var all = (ofMachine?.Invoke() ?? OfCards()).Select(address => PlainAddresses.Of(new IPAddress(address.GetAddressBytes())));
        known = new MachineAddresses([.. all], clock.GetTimestamp());
        Volatile.Write(ref machine, known);
        return known.Set;
    }

    private static IEnumerable<IPAddress> OfCards() =>
        NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address);

    private static List<IPEndPoint> ListeningAt(IServiceProvider services)
    {
        var endpoints = new List<IPEndPoint>();
        foreach (var text in services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            var address = BindingAddress.Parse(text);
            if (address.IsUnixPipe) continue;
            if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)) endpoints.Add(new IPEndPoint(ip, address.Port));
            else if (address.Host == "localhost") endpoints.AddRange([new(IPAddress.Loopback, address.Port), new(IPAddress.IPv6Loopback, address.Port)]);
            else endpoints.Add(new IPEndPoint(IPAddress.Any, address.Port));
        }
        return endpoints;
    }

    private sealed record MachineAddresses(HashSet<IPAddress> Set, long ReadAt);
}
