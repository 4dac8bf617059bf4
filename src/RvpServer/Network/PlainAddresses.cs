using System.Net;

namespace RvpServer.Network;

/// <summary>
/// An IPv4 caller on a listener for both families has the address ::ffff:10.1.0.101; from here on it is 10.1.0.101, also in the protocol log, where
/// administrators search for it.
/// </summary>
internal static class PlainAddresses
{
    /// <summary>The form in which addresses are compared.</summary>
    public static IPAddress Of(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>Must come before everything that uses addresses.</summary>
    public static IApplicationBuilder UsePlainAddresses(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var connection = context.Connection;
        if (connection.RemoteIpAddress is { } remote) connection.RemoteIpAddress = Of(remote);
        if (connection.LocalIpAddress is { } local) connection.LocalIpAddress = Of(local);
        return next(context);
    });
}
