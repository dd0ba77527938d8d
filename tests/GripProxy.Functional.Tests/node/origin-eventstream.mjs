// An Express origin with @fanoutio/eventstream: one channel per room, published to by /say.
import express from 'express';
import { EventStream } from '@fanoutio/eventstream';
import settings from './settings.cjs';

const { grip, port } = settings;
const events = new EventStream({ grip });

const app = express();
app.get('/events/:room', events('{room}'));
app.get('/say/:room', async (request, response) => {
    await events.publishEvent(request.params.room, { event: 'message', data: request.query.text });
    response.send('said');
});

app.listen(port, '127.0.0.1', () => console.log('listening'));
