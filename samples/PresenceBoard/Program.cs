// A web page that says who is there: dotnet run --people "JoBrown@adatum.com KariHensien@adatum.com"
using Rvp.Client;
using Rvp.Protocol;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddRvpClient(_ => RvpClientOptions.FromEnvironment()).AddHostedService<Watcher>();
var app = builder.Build();
app.MapGet("/", (RvpClient client) =>
    string.Join('\n', client.Contacts.Select(contact => $"{contact.Address} {PresenceStates.NameOf(contact.State)}").Order()));
app.Run();

/// <summary>Watches people while the program runs; if the sign-in is lost for good, the host stops and says why.</summary>
internal sealed class Watcher(RvpClient client, IConfiguration configuration) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await client.SignInAsync(null, stoppingToken);
        foreach (var person in configuration["people"]!.Split(' ')) await client.WatchAsync(ImAddress.Parse(person), stoppingToken);
        await foreach (var _ in client.ReadEventsAsync(stoppingToken))
        {
        }
    }
}
