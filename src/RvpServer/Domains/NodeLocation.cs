using Rvp.Protocol;
using RvpServer.Configuration;

namespace RvpServer.Domains;

/// <summary>Where a node is. A closed set.</summary>
internal abstract record NodeLocation
{
    private NodeLocation()
    {
    }

    /// <summary>On a home server of this process.</summary>
    internal sealed record Here(VirtualServer Server) : NodeLocation;

    /// <summary>On a home server of its domain elsewhere.</summary>
    internal sealed record AtHome(HostAndPort Host) : NodeLocation;

    /// <summary>In an IM domain that does not live here.</summary>
    internal sealed record Foreign : NodeLocation
    {
        public static readonly Foreign Instance = new();
    }

    /// <summary>Nowhere: no such node, or one that is not served.</summary>
    internal sealed record Nowhere : NodeLocation
    {
        public static readonly Nowhere Instance = new();
    }
}
