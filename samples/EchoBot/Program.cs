// A bot that answers: RVP_ACCOUNT=echo@adatum.com RVP_PASSWORD=… dotnet run
using Rvp.Client;

await using var client = new RvpClient(RvpClientOptions.FromEnvironment());
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    _ = client.SignOutAsync();
};

await client.SignInAsync();
await foreach (var happened in client.ReadEventsAsync())
    if (happened is RvpEvent.MessageReceived message) await message.Conversation.SendAsync("You said: " + message.Text);
