using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Router;

/// <summary>Where a node is, seen from the virtual server that was asked. A closed set.</summary>
internal abstract record Whereabouts
{
    private Whereabouts()
    {
    }

    /// <summary>On a home server of this process.</summary>
    internal sealed record Here(Account Account, VirtualServer Server) : Whereabouts;

    /// <summary>On a home server of the domain elsewhere.</summary>
    /// <param name="Host">Its host[:port].</param>
    internal sealed record Away(string Host) : Whereabouts;

    /// <summary>In another IM domain, named by a physical URL: for relaying.</summary>
    internal sealed record Foreign : Whereabouts
    {
        public static readonly Foreign Instance = new();
    }

    /// <summary>No such node, or a disabled account's.</summary>
    internal sealed record Nowhere : Whereabouts
    {
        public static readonly Nowhere Instance = new();
    }
}

/// <summary>Looks nodes up: the domain says whose they are, the directory which home server has them. Keeps nothing: several routers share one name.</summary>
internal sealed class NodeFinder(HomeServers homes, ImDomains domains, IDirectory directory)
{
    /// <summary>Where the node of a request is. A domain that happens to live in this process too is as foreign as any other.</summary>
    public async ValueTask<Whereabouts> FindAsync(VirtualServer asked, RvpUrl node, CancellationToken stop)
    {
        if (node.Host == asked.Domain) return await LocateAsync(node, stop);
        return node.HomeHost is not null ? Whereabouts.Foreign.Instance : Whereabouts.Nowhere.Instance;
    }

    /// <summary>Where a node is, whoever asks. Its URL is canonical.</summary>
    public async ValueTask<Whereabouts> LocateAsync(RvpUrl node, CancellationToken stop)
    {
        if (!domains.IsLocal(node.Host)) return Whereabouts.Foreign.Instance;
        if (node.AliasName is not { } name) return Whereabouts.Nowhere.Instance;
        if (await directory.FindAsync(node.Host, name, stop) is not { IsEnabled: true } account) return Whereabouts.Nowhere.Instance;
        return homes.Of(account) switch
        {
            AccountHome.Here here => new Whereabouts.Here(account, here.Server),
            AccountHome.Away away => new Whereabouts.Away(away.Host),
            _ => Whereabouts.Nowhere.Instance,
        };
    }
}
