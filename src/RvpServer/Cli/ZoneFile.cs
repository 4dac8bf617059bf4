using System.Globalization;
using System.Text;

namespace RvpServer.Cli;

/// <summary>A zone as a file for NSD, BIND and others.</summary>
/// <param name="Zone">Its name, without the trailing dot.</param>
/// <param name="NameServers">Its servers; the first is the primary one.</param>
/// <param name="TimeToLive">Of all records, in seconds.</param>
/// <param name="Serial">Must grow with every change.</param>
/// <param name="Records">What is in it; none without data.</param>
internal sealed record ZoneFile(string Zone, IReadOnlyList<string> NameServers, int TimeToLive, uint Serial, IReadOnlyList<ZoneRecord> Records)
{
    /// <summary>How long secondary servers and negative answers keep; the usual numbers.</summary>
    private const string Times = "3600 600 604800 300";

    public override string ToString()
    {
        var width = Records.Select(record => record.Name.Length).Append(Zone.Length + 1).Max();
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture, $"; Zone {Zone}, with what instant messaging needs alone: if you have this zone already, add the records to it.\n");
        text.Append(CultureInfo.InvariantCulture, $"$ORIGIN {Zone}.\n$TTL {TimeToLive}\n");
        Add("SOA", $"{NameServers[0]}. hostmaster.{Zone}. {Serial.ToString(CultureInfo.InvariantCulture)} {Times}", Zone + ".");
        foreach (var server in NameServers) Add("NS", server + ".", Zone + ".");
        foreach (var record in Records) Add(record.Type, record.Data!, record.Name);
        return text.ToString();

        void Add(string type, string data, string name) =>
            text.Append(name.PadRight(width)).Append(" IN ").Append(type.PadRight(4)).Append(' ').Append(data).Append('\n');
    }
}
