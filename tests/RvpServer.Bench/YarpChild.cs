using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace RvpServer.Bench;

/// <summary>The yardstick for forwarding: YARP's forwarder, passing every request on to one port.</summary>
internal static class YarpChild
{
    /// <param name="arguments">The port to forward to.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task RunAsync(string[] arguments, CancellationToken stop)
    {
        // As YARP's own documentation makes it.
        using var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            EnableMultipleHttp2Connections = true,
            UseCookies = false,
            UseProxy = false,
        });
        var destination = "http://127.0.0.1:" + arguments[0];
        await BareKestrel.ServeAsync(
            services => services.AddHttpForwarder(),
            services =>
            {
                var forwarder = services.GetRequiredService<IHttpForwarder>();
                return async context => await forwarder.SendAsync(context, destination, client);
            },
            stop);
    }
}
