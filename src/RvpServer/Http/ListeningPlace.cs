using System.Net;
using System.Net.Sockets;
using RvpServer.Configuration;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>Where the configuration has this server listen, by one key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Url">Its value.</param>
/// <param name="Endpoints">The addresses and ports that Kestrel makes of it; empty for a socket in the file system.</param>
internal sealed record ListeningPlace(string Key, string Url, IReadOnlyList<IPEndPoint> Endpoints)
{
    private const string AdminKey = "Rvp:Admin:Url";

    /// <summary>Whether it is for administrators.</summary>
    public bool IsAdmin => Key == AdminKey;

    /// <summary>All of a configuration.</summary>
    public static IReadOnlyList<ListeningPlace> Of(RvpSettings settings, IConfiguration configuration)
    {
        List<(string Key, string Url)> urls =
        [
            .. settings.Urls.Select(url => ("Urls", url.ToString())),
            .. configuration.GetSection("Kestrel:Endpoints").GetChildren().Where(endpoint => endpoint["Url"] is not null)
                .Select(endpoint => (endpoint.Path + ":Url", endpoint["Url"]!)),
        ];
        if (settings.Admin.Url is { } admin) urls.Add((AdminKey, admin.ToString()));
        return [.. urls.Select(url => new ListeningPlace(url.Key, url.Url, EndpointsOf(url.Url)))];
    }

    /// <summary>What would keep this server from listening there, a line for each key with its cure; none if it could.</summary>
    /// <param name="places">Where.</param>
    /// <param name="isOurs">True for a process that may be there already: the server whose configuration this is.</param>
    public static IReadOnlyList<string> FindMistakes(IEnumerable<ListeningPlace> places, Func<RunningProcess?, bool> isOurs)
    {
        var mistakes = new Mistakes();
        var held = new List<Socket>();
        try
        {
            foreach (var place in places)
            {
                foreach (var at in place.Endpoints.Where(endpoint => endpoint.Port != 0))
                {
                    if (TryListen(place, at, held) is not { } failure) continue;
                    var owner = failure == SocketError.AddressAlreadyInUse ? PortOwner.Find(at) : null;
                    if (failure != SocketError.AddressAlreadyInUse || !isOurs(owner)) mistakes.Add(place.Key, place.Url, CureFor(failure, at, owner));
                }
            }
        }
        finally
        {
            foreach (var socket in held) socket.Dispose();
        }
        return mistakes.Lines;
    }

    /// <summary>Throws <see cref="ConfigurationException"/> with those mistakes.</summary>
    public static void RequireFree(RvpSettings settings, IConfiguration configuration)
    {
        if (FindMistakes(Of(settings, configuration), _ => false) is { Count: > 0 } mistakes) throw new ConfigurationException(mistakes);
    }

    // As Kestrel does it. What is held until the end shows that two keys name one place.
    private static SocketError? TryListen(ListeningPlace place, IPEndPoint at, List<Socket> held)
    {
        var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        held.Add(socket);
        try
        {
            if (at.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(at);
            socket.Listen(1);
            return null;
        }
        catch (SocketException failure)
        {
            // Kestrel is content with one of the two addresses of localhost.
            return failure.SocketErrorCode != SocketError.AddressAlreadyInUse && place.Endpoints.Count > 1 && at.Address.Equals(IPAddress.IPv6Loopback)
                ? null
                : failure.SocketErrorCode;
        }
    }

    private static string CureFor(SocketError failure, IPEndPoint at, RunningProcess? owner) => failure switch
    {
        SocketError.AddressAlreadyInUse when owner?.Id == Environment.ProcessId => "another key names this place already",
        SocketError.AddressAlreadyInUse => $"{owner?.ToString() ?? "another process"} listens there already: stop it, or write another port",
        SocketError.AccessDenied => $"this user may not listen at port {at.Port}: give the service AmbientCapabilities=CAP_NET_BIND_SERVICE, or the program "
            + $"\"setcap cap_net_bind_service=+ep {Environment.ProcessPath}\", or write a port from 1024 up",
        SocketError.AddressNotAvailable => $"this machine has no address {at.Address}: write one of its own, or * for all",
        _ => $"nobody can listen there: {new SocketException((int)failure).Message}",
    };

    private static IReadOnlyList<IPEndPoint> EndpointsOf(string url)
    {
        var address = BindingAddress.Parse(url);
        if (address.IsUnixPipe) return [];
        if (address.Host == "localhost") return [new(IPAddress.Loopback, address.Port), new(IPAddress.IPv6Loopback, address.Port)];
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)) return [new(ip, address.Port)];
        return [new(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, address.Port)];
    }
}
