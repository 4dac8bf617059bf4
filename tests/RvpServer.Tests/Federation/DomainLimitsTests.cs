using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Collections;
using RvpServer.Http;

namespace RvpServer.Tests.Federation;

/// <summary>A provider's process with a limit for one organisation: what is beyond it is refused there, and nobody else notices.</summary>
public sealed class DomainLimitsTests
{
    [Fact]
    public async Task An_organisation_with_all_its_places_taken_is_told_to_come_back_and_the_other_goes_on()
    {
        await using var server = await TestServer.StartForTwoOrganisationsAsync(new Dictionary<string, string?>
        {
            ["Domains:im.contoso.com:Limits:MaxRequests"] = "2",
        });
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien", "im.contoso.com");
        await kari.SignsIn();
        var places = server.Services.GetRequiredService<RequestPlaces>();
        RequestPlaces.Place?[] taken = [Take(1), Take(2)];
        Assert.All(taken, Assert.NotNull);
        Assert.Null(Take(3));

        var refused = await server.AskAsync($"PROPFIND {kari.Path} HTTP/1.1\r\nHost: im.contoso.com\r\nContent-Length: 0\r\n\r\n");
        await jo.SignsIn();
        foreach (var place in taken) place!.Dispose();
        var served = await kari.SetsState("busy");

        Assert.Equal((503, "2"), (refused.Status, refused["Retry-After"]));
        Assert.Equal(207, served.Status);

        RequestPlaces.Place? Take(int who) => places.TryTake(new Sharer(who), IPAddress.Loopback, Urgency.Renewal, "im.contoso.com");
    }
}
