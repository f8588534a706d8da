import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { demand, Route, type AuthenticatedRequest } from '#libs/identity';
import { isId, Refusal } from '#libs/kernel';
import { wordSounds } from '#libs/patients';
import { ReportTextsRepository, SaveReportText, subjectOf, type ReportText } from '#libs/reading';
import { FindVisibleRead } from './find-visible-read.js';
import { ProblemFilter } from './problem.filter.js';
import {
  reportTextAdded,
  reportTextBody,
  reportTextChange,
  reportTextChanged,
  reportTextsPage,
  reportTextsQuery,
} from './report-texts.schemas.js';
import { valid } from './valid.pipe.js';

/** Templates (模板) and phrases (短语) to write reports from: the network's, and the caller's own. */
@Controller('api/report-texts')
@UseFilters(ProblemFilter)
export class ReportTextsController {
  private readonly sounds = new Map<string, string[]>();

  constructor(
    private readonly texts: ReportTextsRepository,
    private readonly save: SaveReportText,
    private readonly visibleRead: FindVisibleRead,
  ) {}

  @Get()
  @Route({
    permission: 'session.use',
    summary:
      'Templates and phrases of a kind of examination, or for one read (`worklist.view`, or `report-text.manage` without a read)',
    query: reportTextsQuery,
    response: reportTextsPage,
  })
  async list(
    @Req() { caller }: AuthenticatedRequest,
    @Query(valid(reportTextsQuery)) query: z.output<typeof reportTextsQuery>,
  ) {
    if (!caller.permissions.has('report-text.manage')) demand(caller, 'worklist.view');
    const row = query.read === undefined ? undefined : await this.visibleRead.run(caller, query.read);
    const [subjects, found] = await Promise.all([
      row ? this.texts.subjects() : [],
      this.texts.list({
        readKind: row?.kind ?? query.kind!,
        ownerId: caller.id,
        limit: query.limit + 1,
        ...(query.cursor !== undefined ? { after: query.cursor } : {}),
      }),
    ]);
    const subject = row && subjectOf(subjects, { ...row, ...row.exam });
    const shown = found.slice(0, query.limit);
    return {
      items: shown.map((text) => this.view(text)),
      next: found.length > query.limit ? shown.at(-1)!.id : null,
      subject: subject ? { code: subject.code, name: subject.name } : null,
    };
  }

  @Post()
  @Route({
    permission: 'session.use',
    summary: 'Keep a template or phrase: an own one (`report.write`), or one of the network (`report-text.manage`)',
    body: reportTextBody,
    response: reportTextAdded,
    status: 201,
  })
  add(
    @Req() { caller }: AuthenticatedRequest,
    @Body(valid(reportTextBody)) body: z.output<typeof reportTextBody>,
  ): Promise<{ id: string; version: number }> {
    return this.save.add(caller, body);
  }

  @Put(':id')
  @Route({
    permission: 'session.use',
    summary: 'Rename or rewrite a template or phrase, which makes a new version of it',
    body: reportTextChange,
    response: reportTextChanged,
  })
  change(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(reportTextChange)) { version, ...words }: z.output<typeof reportTextChange>,
  ): Promise<{ version: number }> {
    const given = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
    return this.save.change(caller, known(id), given, version);
  }

  @Delete(':id')
  @HttpCode(204)
  @Route({
    permission: 'session.use',
    summary: 'Offer a template or phrase no longer; reports made of it still name it',
    status: 204,
  })
  remove(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string): Promise<void> {
    return this.save.remove(caller, known(id));
  }

  private view({ ownerId, readKind: _kind, ...text }: ReportText) {
    const groupSounds = text.group === null ? [] : this.soundsOf(text.group);
    return { ...text, own: ownerId !== null, sounds: this.soundsOf(text.name), groupSounds };
  }

  private soundsOf(name: string): string[] {
    const sounds = this.sounds.get(name) ?? wordSounds(name);
    if (this.sounds.size > 5000) this.sounds.clear();
    this.sounds.set(name, sounds);
    return sounds;
  }
}

function known(id: string): string {
  if (!isId(id)) throw new Refusal('not-found', 'report-text-not-found', 'There is no such template or phrase.');
  return id;
}
