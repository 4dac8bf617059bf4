using System.Globalization;

namespace Rvp.Cli;

/// <summary>When a message was sent, as people read it.</summary>
internal static class MessageTime
{
    /// <summary>The time of day here; before it the date and what is between, where it was another day.</summary>
    public static string Of(DateTimeOffset sentAt, TimeProvider clock, char between)
    {
        var local = TimeZoneInfo.ConvertTime(sentAt, clock.LocalTimeZone);
        return local.ToString(local.Date == clock.GetLocalNow().Date ? "HH:mm" : $"yyyy-MM-dd'{between}'HH:mm", CultureInfo.InvariantCulture);
    }
}
