using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace RvpServer.Bench;

/// <summary>The yardstick for forwarding: YARP's forwarder, passing every request on to one port.</summary>
internal static class YarpChild
{
    /// <param name="arguments">
    /// The port of 127.0.0.1 to forward to; the host whose name is said there, without it the address; and the hash of the certificate that is shown there,
    /// without it no TLS.
    /// </param>
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
            ConnectCallback = ConnectAsync,
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == arguments.ElementAtOrDefault(2) },
        });
        var destination = $"{(arguments.Length > 2 ? "https" : "http")}://{(arguments.Length > 1 ? arguments[1] : "127.0.0.1")}:{arguments[0]}";
        await BareKestrel.ServeAsync(
            services => services.AddHttpForwarder(),
            services =>
            {
                var forwarder = services.GetRequiredService<IHttpForwarder>();
                return async context => await forwarder.SendAsync(context, destination, client);
            },
            stop);
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, context.DnsEndPoint.Port), stop);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
