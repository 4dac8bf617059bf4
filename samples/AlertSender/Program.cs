// Tells somebody something, and whether it arrived: dotnet run JoBrown@adatum.com "The disk is full"
using Rvp.Client;
using Rvp.Protocol;

await using var client = new RvpClient(RvpClientOptions.FromEnvironment());
var result = await client.SendAsync(ImAddress.Parse(args[0]), args[1]);
Console.WriteLine(result.Line);
return result.IsAccepted ? 0 : 1;
