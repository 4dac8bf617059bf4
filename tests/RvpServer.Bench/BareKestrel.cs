using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace RvpServer.Bench;

/// <summary>What yardsticks stand on: Kestrel on loopback with one delegate and nothing else.</summary>
internal static class BareKestrel
{
    /// <summary>Serves until the parent process lets go.</summary>
    public static async Task ServeAsync(Action<IServiceCollection> addServices, Func<IServiceProvider, RequestDelegate> makeEndpoint, CancellationToken stop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Listen(IPAddress.Loopback, 0);
        });
        addServices(builder.Services);
        await using var app = builder.Build();
        app.Run(makeEndpoint(app.Services));
        await app.StartAsync(stop);
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        await ChildServer.ServeAsync(new Uri(address).Port, stop);
    }
}
