using System.Buffers;
using Microsoft.AspNetCore.Http.Features.Authentication;
using RvpServer.Configuration;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>
/// The W3C extended log of requests, which Exchange administrators know from Internet Information Services. A request only copies its line into memory; what
/// becomes of it is <see cref="W3cLogWriter"/>'s affair, and stops nobody.
/// </summary>
internal sealed class W3cLog(RequestDelegate next, W3cLogWriter writer)
{
    /// <summary>What a line says, in this order.</summary>
    public const string Fields =
        "date time c-ip cs-username s-ip s-port cs-method cs-uri-stem sc-status time-taken cs-version cs-host cs(User-Agent)";

    // Read by people: the time of day, whatever clock the server runs on.
    private readonly TimeProvider clock = WallClock.OfMachine;

    /// <summary>Passes the request on, and writes its line when it is over.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var (date, began) = (clock.GetUtcNow().UtcDateTime, clock.GetTimestamp());
        try
        {
            await next(context);
        }
        finally
        {
            Write(context, date, clock.GetElapsedTime(began));
        }
    }

    private void Write(HttpContext context, DateTime date, TimeSpan taken)
    {
        var (request, connection) = (context.Request, context.Connection);
        var user = context.Features.Get<IHttpAuthenticationFeature>()?.User?.Identity?.Name;
        var stem = request.Path.ToUriComponent();
        var host = request.Headers.Host.ToString();
        var agent = request.Headers.UserAgent.ToString();
        var characters = (user?.Length ?? 0) + request.Method.Length + stem.Length + request.Protocol.Length + host.Length + agent.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(W3cLine.MaxLength(characters));
        var line = new W3cLine(buffer);
        line.Add(date, "yyyy-MM-dd HH:mm:ss");
        line.Add(connection.RemoteIpAddress);
        line.Add(user);
        line.Add(connection.LocalIpAddress);
        line.Add(connection.LocalPort);
        line.Add(request.Method);
        line.Add(stem);
        line.Add(context.Response.StatusCode);
        line.Add(taken.TotalMilliseconds);
        line.Add(request.Protocol);
        line.Add(host);
        line.Add(agent);
        writer.Add(line.Close());
        ArrayPool<byte>.Shared.Return(buffer);
    }
}

/// <summary>Registers the protocol log.</summary>
internal static class W3cLogRegistration
{
    /// <summary>Only if it is enabled; <see cref="UseW3cLog"/> applies it.</summary>
    public static IServiceCollection AddW3cLog(this IServiceCollection services, ProtocolLogOptions options) => services
        .AddSingleton(new W3cLogFile(options, WallClock.OfMachine))
        .AddSingleton(provider => new WriteLines(provider.GetRequiredService<W3cLogFile>().Write))
        .AddSingleton<W3cLogWriter>().AddHostedService(provider => provider.GetRequiredService<W3cLogWriter>());

    /// <summary>Every request that comes here has a line.</summary>
    public static IApplicationBuilder UseW3cLog(this IApplicationBuilder app) => app.UseMiddleware<W3cLog>();
}
