using System.Text.Json;

namespace GripProxy.Plugins.Events;

/// <summary>Turns an event of another form into the one that <see cref="EventReader"/> reads.</summary>
/// <param name="given">The event as it was sent.</param>
/// <param name="tenant">Name of its tenant, under which foreign names become UUIDs.</param>
internal delegate ArrivedEvent EventForm(JsonElement given, string tenant);
