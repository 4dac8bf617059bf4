using Rvp.Testing;

namespace RvpServer.Interop.Networks;

/// <summary>A host of the lab: a network namespace, with a loopback, a resolver configuration and a hosts file of its own.</summary>
internal sealed class Host
{
    private const string Configurations = "/etc/netns";

    private Host(string @namespace, string address)
    {
        Machine = new Machine(address, @namespace);
        Namespace = @namespace;
    }

    /// <summary>For programs to run on it.</summary>
    public Machine Machine { get; }

    private string Namespace { get; }

    /// <summary>Makes a host.</summary>
    /// <param name="name">Unique in this process.</param>
    /// <param name="address">Its address, or the first of them.</param>
    /// <param name="resolver">The DNS server that its programs ask.</param>
    public static async Task<Host> MakeAsync(string name, string address, string resolver)
    {
        var host = new Host(Ownership.Prefix + name, address);
        // The folder comes first and goes last: whoever finds a namespace finds its folder, too. "ip netns exec" lays its files over /etc.
        var folder = Directory.CreateDirectory(Path.Combine(Configurations, host.Namespace)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "resolv.conf"), $"nameserver {resolver}\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "hosts"), "127.0.0.1 localhost\n");
        await Ip.RunAsync("netns", "add", host.Namespace);
        await host.IpAsync("link", "set", "lo", "up");
        return host;
    }

    /// <summary>A cable: a pair of interfaces, one end here and one, with another name, on another host.</summary>
    public Task ConnectAsync(string port, Host other, string itsPort) =>
        IpAsync("link", "add", port, "type", "veth", "peer", "name", itsPort, "netns", other.Namespace);

    /// <summary>The command <c>ip</c> on this host.</summary>
    public Task IpAsync(params string[] arguments) => Ip.RunAsync(["-n", Namespace, .. arguments]);

    /// <summary>Ends what still runs there, and removes the host with its interfaces.</summary>
    public Task RemoveAsync() => RemoveAsync(Namespace);

    /// <summary>Removes the hosts of runs that were broken off.</summary>
    public static async Task RemoveOrphansAsync()
    {
        if (!Directory.Exists(Configurations)) return;
        foreach (var name in Directory.GetDirectories(Configurations).Select(folder => Path.GetFileName(folder)).Where(Ownership.IsOrphan))
        {
            await RemoveAsync(name);
        }
    }

    private static async Task RemoveAsync(string name)
    {
        if (File.Exists($"/run/netns/{name}"))
        {
            // Nothing runs there but what these tests have started.
            foreach (var process in (await Ip.RunAsync("netns", "pids", name)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                await Machine.This.RunAsync("kill", "-KILL", process);
            await Ip.RunAsync("netns", "delete", name);
        }
        Directory.Delete(Path.Combine(Configurations, name), recursive: true);
    }
}
