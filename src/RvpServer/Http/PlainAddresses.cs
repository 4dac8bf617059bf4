namespace RvpServer.Http;

/// <summary>
/// An IPv4 caller on a listener for both families arrives as ::ffff:10.1.0.101; from here on it is 10.1.0.101, also in the protocol log, where
/// administrators look for it.
/// </summary>
internal static class PlainAddresses
{
    /// <summary>Comes before everything that looks at addresses.</summary>
    public static IApplicationBuilder UsePlainAddresses(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var connection = context.Connection;
        if (connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } remote) connection.RemoteIpAddress = remote.MapToIPv4();
        if (connection.LocalIpAddress is { IsIPv4MappedToIPv6: true } local) connection.LocalIpAddress = local.MapToIPv4();
        return next(context);
    });
}
