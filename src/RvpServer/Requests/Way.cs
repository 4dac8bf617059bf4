using Rvp.Protocol;

namespace RvpServer.Requests;

/// <summary>How a request is served. A closed set.</summary>
internal abstract record Way
{
    private Way()
    {
    }

    /// <summary>By a node of this process.</summary>
    internal sealed record Here : Way
    {
        public static readonly Here Instance = new();
    }

    /// <summary>By a node elsewhere, which this home server asks for one of its own users.</summary>
    internal sealed record ByRelay : Way
    {
        public static readonly ByRelay Instance = new();
    }

    /// <summary>By the node's home server, to which the caller is referred.</summary>
    internal sealed record ByReferral(HostAndPort HomeServer) : Way;

    /// <summary>By the node's home server, which is asked on the caller's behalf.</summary>
    internal sealed record ByProxy(HostAndPort HomeServer) : Way;

    /// <summary>
    /// By the answer for a node that does not exist in this domain: a stranger is asked for a proof, as everywhere, and only those who are known learn more.
    /// </summary>
    internal sealed record Unknown : Way
    {
        public static readonly Unknown Instance = new();
    }

    /// <summary>Not at all: such nodes are none of this server's.</summary>
    internal sealed record Nowhere : Way
    {
        public static readonly Nowhere Instance = new();
    }
}
