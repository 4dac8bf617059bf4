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

    /// <summary>In an IM domain that is not hosted here.</summary>
    internal sealed record Foreign : NodeLocation
    {
        public static readonly Foreign Instance = new();
    }

    /// <summary>Nowhere: there is no such node, or it is not served.</summary>
    internal sealed record Nowhere : NodeLocation
    {
        public static readonly Nowhere Instance = new();
    }
}
