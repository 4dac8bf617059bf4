using System.Net;
using Microsoft.AspNetCore.Connections;

namespace RvpServer.Network;

/// <summary>
/// An IPv4 caller on a listener for both families has the address ::ffff:10.1.0.101; from here on it is 10.1.0.101, also in the protocol log, where
/// administrators search for it.
/// </summary>
internal static class PlainAddresses
{
    /// <summary>The form in which addresses are compared.</summary>
    public static IPAddress Of(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>Gives a connection plain addresses, and so all its requests. Must come before everything that uses them.</summary>
    public static void Apply(BaseConnectionContext connection)
    {
        connection.RemoteEndPoint = Plain(connection.RemoteEndPoint);
        connection.LocalEndPoint = Plain(connection.LocalEndPoint);
    }

    private static EndPoint? Plain(EndPoint? end) =>
        end is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped ? new IPEndPoint(Of(mapped.Address), mapped.Port) : end;
}
